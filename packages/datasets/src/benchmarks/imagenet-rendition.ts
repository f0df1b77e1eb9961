import type { Benchmark } from './benchmark.js';
import { readTestFolders } from './imagenet-sketch.js';

/** ImageNet-R (Hendrycks et al., 2021): art, toys and other renditions, 200 classes. */
export const imagenetR: Benchmark = {
  id: 'imagenet-rendition',
  title: 'ImageNet-R',
  aliases: ['imagenet-r'],
  imageFolder: 'imagenet-r',
  templates: ['a photo of a {}.'],
  classes: 200,
  images: { train: 0, val: 0, test: 30_000 },
  testOnly: true,
  fromFolders: true,
  gigabytes: 2.2,
  licence: 'MIT',
  page: 'https://github.com/hendrycks/imagenet-r',
  read: place => readTestFolders(place, 'imagenet-r'),
};
