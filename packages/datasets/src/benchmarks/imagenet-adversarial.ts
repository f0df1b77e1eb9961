import type { Benchmark } from './benchmark.js';
import { readTestFolders } from './imagenet-sketch.js';

/** ImageNet-A (Hendrycks et al., 2021): photographs that classifiers get wrong, 200 classes. */
export const imagenetA: Benchmark = {
  id: 'imagenet-adversarial',
  title: 'ImageNet-A',
  aliases: ['imagenet-a'],
  imageFolder: 'imagenet-a',
  templates: ['a photo of a {}.'],
  classes: 200,
  images: { train: 0, val: 0, test: 7500 },
  testOnly: true,
  fromFolders: true,
  gigabytes: 0.7,
  licence: 'MIT',
  page: 'https://github.com/hendrycks/natural-adv-examples',
  read: place => readTestFolders(place, 'imagenet-a'),
};
