import { join } from 'node:path';
import type { Item } from '../dataset.js';
import { folderNames, imageNames } from '../files/listing.js';
import type { Benchmark } from './benchmark.js';
import { readNames } from './imagenet-names.js';

const images = 'imagenetv2-matched-frequency-format-val';

/**
 * ImageNetV2 (Recht et al., 2019), matched frequency: its folders are the numbers 0 to 999, labels in the order of
 * `classnames.txt`.
 */
export const imagenetV2: Benchmark = {
  id: 'imagenetv2',
  title: 'ImageNetV2',
  aliases: ['imagenet-v2'],
  imageFolder: images,
  templates: ['a photo of a {}.'],
  classes: 1000,
  images: { train: 0, val: 0, test: 10_000 },
  testOnly: true,
  fromFolders: true,
  gigabytes: 1.3,
  licence: 'MIT',
  page: 'https://github.com/modestyachts/ImageNetV2',
  async read(place) {
    const path = await place.find(images);
    const { folders, nameOf } = await readNames(place);
    const present = await folderNames(path);
    const wrong = present.find(folder => !/^\d+$/.test(folder) || Number(folder) >= folders.length);
    if (present.length === 0 || wrong !== undefined) {
      throw new Error(
        `${path} must hold the folders 0 to ${folders.length - 1}${wrong ? `, and holds ${wrong}` : ''}.`,
      );
    }
    const items = async (folder: string): Promise<Item[]> => {
      const label = Number(folder);
      const classname = nameOf(folders[label]!);
      return (await imageNames(join(path, folder))).map(name => ({ path: join(path, folder, name), label, classname }));
    };
    const inOrder = present.sort((a, b) => Number(a) - Number(b));
    const test = (await Promise.all(inOrder.map(items))).flat();
    return { classNames: folders.map(nameOf), train: [], val: [], test };
  },
};
