import type { Benchmark, Place } from './benchmark.js';
import { readNames } from './imagenet-names.js';
import { classFolders } from './lists/class-folders.js';

/** A test set with a folder per class, named by `classnames.txt`; labels number the existing folders, as in CoOp. */
export async function readTestFolders(place: Place, imageFolder: string) {
  const { nameOf } = await readNames(place);
  const { classNames, classes } = await classFolders(await place.find(imageFolder), nameOf);
  return { classNames, train: [], val: [], test: classes.flat() };
}

/** ImageNet-Sketch (Wang et al., 2019): drawings of all 1000 classes. */
export const imagenetSketch: Benchmark = {
  id: 'imagenet-sketch',
  title: 'ImageNet-Sketch',
  aliases: ['sketch'],
  imageFolder: 'images',
  templates: ['a photo of a {}.'],
  classes: 1000,
  images: { train: 0, val: 0, test: 50_889 },
  testOnly: true,
  fromFolders: true,
  gigabytes: 7.5,
  licence: 'MIT',
  page: 'https://github.com/HaohanWang/ImageNet-Sketch',
  read: place => readTestFolders(place, 'images'),
};
