import { splitClasses } from '../splits/random-split.js';
import type { Benchmark } from './benchmark.js';
import { classFolders } from './lists/class-folders.js';

/** Food101 (Bossard et al., 2014). CoOp uses a new split; the lists in its `meta` are not used. */
export const food101: Benchmark = {
  id: 'food-101',
  title: 'Food101',
  aliases: ['food101', 'food'],
  imageFolder: 'images',
  splitFile: 'split_zhou_Food101.json',
  templates: ['a photo of {}, a type of food.'],
  classes: 101,
  images: { train: 50_500, val: 20_200, test: 30_300 },
  fromFolders: true,
  gigabytes: 5,
  licence: "the photographers'; for research (license_agreement.txt)",
  page: 'https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/',
  async read({ find, seed }) {
    const { classNames, classes } = await classFolders(await find('images'));
    return { classNames, ...splitClasses(classes, seed) };
  },
};
