import { join } from 'node:path';
import { readText } from '@dgprompt/io';
import type { Item } from '../dataset.js';
import { splitClasses } from '../splits/random-split.js';
import type { Benchmark } from './benchmark.js';
import { readMatFile } from './lists/mat-file.js';

/** Flowers102 (Nilsback and Zisserman, 2008). CoOp uses a new split; the authors' own `setid.mat` is not used. */
export const oxfordFlowers: Benchmark = {
  id: 'oxford_flowers',
  title: 'Flowers102',
  aliases: ['flowers102', 'oxfordflowers', 'oxford_flowers102', 'flowers'],
  imageFolder: 'jpg',
  splitFile: 'split_zhou_OxfordFlowers.json',
  templates: ['a photo of a {}, a type of flower.'],
  classes: 102,
  images: { train: 4093, val: 1633, test: 2463 },
  gigabytes: 0.35,
  licence: 'not stated; for research',
  page: 'https://www.robots.ox.ac.uk/~vgg/data/flowers/102/',
  async read({ find, seed }) {
    const images = await find('jpg');
    const labelFile = await find('imagelabels.mat');
    const nameFile = await find('cat_to_name.json');
    const { labels } = await readMatFile(labelFile);
    if (!Array.isArray(labels) || labels.length === 0) throw new Error(`${labelFile} has no labels.`);
    const names = new Map(Object.entries(JSON.parse(await readText(nameFile)) as Record<string, string>));

    // Image i has label i; classes in the order in which they first appear, as the published code shuffles them.
    const classes = new Map<number, Item[]>();
    for (const [i, number] of (labels as number[]).entries()) {
      const classname = names.get(String(number));
      if (classname === undefined) throw new Error(`${nameFile} has no name for class ${number}.`);
      const item = {
        path: join(images, `image_${String(i + 1).padStart(5, '0')}.jpg`),
        label: number - 1,
        classname,
      };
      classes.set(number, [...(classes.get(number) ?? []), item]);
    }
    const count = Math.max(...classes.keys());
    if (count > labels.length) throw new Error(`${labelFile} has the label ${count}, more than it has images.`);
    const classNames = Array.from({ length: count }, (_, i) => names.get(String(i + 1)) ?? '');
    return { classNames, ...splitClasses([...classes.values()], seed) };
  },
};
