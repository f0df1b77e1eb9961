import { join } from 'node:path';
import type { Item } from '../dataset.js';
import { splitTrainVal } from '../splits/random-split.js';
import type { Benchmark } from './benchmark.js';
import { namesByLabel } from './lists/labels.js';

/** OxfordPets (Parkhi et al., 2012): 37 breeds of cats and dogs. */
export const oxfordPets: Benchmark = {
  id: 'oxford_pets',
  title: 'OxfordPets',
  aliases: ['oxfordpets', 'pets', 'oxford-iiit-pet'],
  imageFolder: 'images',
  splitFile: 'split_zhou_OxfordPets.json',
  templates: ['a photo of a {}, a type of pet.'],
  classes: 37,
  images: { train: 2944, val: 736, test: 3669 },
  gigabytes: 0.8,
  licence: 'CC BY-SA 4.0',
  page: 'https://www.robots.ox.ac.uk/~vgg/data/pets/',
  async read({ find, lines, seed }) {
    const images = await find('images');
    // A line is `Abyssinian_201 1 1 1`: image, class from 1, species, breed of the species. The breed's name is in the
    // image's.
    const read = async (list: string): Promise<Item[]> =>
      (await lines(list))
        .filter(line => !line.startsWith('#'))
        .map(line => {
          const [image = '', label] = line.split(' ');
          const classname = image.split('_').slice(0, -1).join('_').toLowerCase();
          return { path: join(images, `${image}.jpg`), label: Number(label) - 1, classname };
        });
    const trainval = await read('annotations/trainval.txt');
    const test = await read('annotations/test.txt');
    return {
      classNames: namesByLabel([...trainval, ...test], 'annotations/trainval.txt'),
      ...splitTrainVal(trainval, seed),
      test,
    };
  },
};
