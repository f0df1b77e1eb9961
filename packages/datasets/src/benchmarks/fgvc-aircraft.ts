import { join } from 'node:path';
import type { Item } from '../dataset.js';
import type { Benchmark } from './benchmark.js';

/** FGVCAircraft (Maji et al., 2013): 100 variants of aircraft, always with the authors' own three lists. */
export const fgvcAircraft: Benchmark = {
  id: 'fgvc_aircraft',
  title: 'FGVCAircraft',
  aliases: ['fgvcaircraft', 'aircraft'],
  imageFolder: 'images',
  templates: ['a photo of a {}, a type of aircraft.'],
  classes: 100,
  images: { train: 3334, val: 3333, test: 3333 },
  gigabytes: 2.75,
  licence: 'for research, not commercial',
  page: 'https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/',
  async read({ find, lines }) {
    const images = await find('images');
    const classNames = await lines('variants.txt');
    const labels = new Map(classNames.map((name, label) => [name, label]));
    // A line is `1514522 707-320`, and the name of the variant may have spaces.
    const read = async (list: string): Promise<Item[]> =>
      (await lines(list)).map(line => {
        const [image = '', ...words] = line.split(' ');
        const classname = words.join(' ');
        const label = labels.get(classname);
        if (label === undefined) throw new Error(`fgvc_aircraft/${list}: "${classname}" is not in variants.txt.`);
        return { path: join(images, `${image}.jpg`), label, classname };
      });
    const [train, val, test] = [
      await read('images_variant_train.txt'),
      await read('images_variant_val.txt'),
      await read('images_variant_test.txt'),
    ];
    return { classNames, train, val, test };
  },
};
