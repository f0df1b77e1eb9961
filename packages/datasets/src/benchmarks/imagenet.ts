import type { Item } from '../dataset.js';
import type { Benchmark } from './benchmark.js';
import { readNames } from './imagenet-names.js';
import { classFolders } from './lists/class-folders.js';

/**
 * ImageNet (Deng et al., 2009): its folders, names from CoOp's `classnames.txt`, and its validation set for testing.
 * Images are sorted by name; the published few-shot sets depend on the order in which a file system listed a folder.
 */
export const imagenet: Benchmark = {
  id: 'imagenet',
  title: 'ImageNet',
  aliases: ['imagenet1k', 'ilsvrc2012'],
  imageFolder: 'images',
  templates: ['a photo of a {}.'],
  classes: 1000,
  images: { train: 1_281_167, val: 50_000, test: 50_000 },
  fromFolders: true,
  gigabytes: 145,
  licence: 'for research, not commercial; after registration',
  page: 'https://image-net.org/download.php',
  async read(place) {
    const { nameOf } = await readNames(place);
    const train = await classFolders(await place.find('images/train'), nameOf);
    const val = await classFolders(await place.find('images/val'), nameOf);
    if (!sameFolders(train.classes, val.classes)) {
      throw new Error('imagenet/images/train and imagenet/images/val do not have the same class folders.');
    }
    const test = val.classes.flat();
    return { classNames: train.classNames, train: train.classes.flat(), val: test, test, valIsTest: true };
  },
};

const folderOf = (items: Item[]): string => items[0]!.path.split(/[\\/]/).at(-2)!;
const sameFolders = (a: Item[][], b: Item[][]): boolean =>
  a.length === b.length && a.every((items, i) => folderOf(items) === folderOf(b[i]!));
