import { splitClasses } from '../splits/random-split.js';
import type { Benchmark } from './benchmark.js';
import { classFolders } from './lists/class-folders.js';

/**
 * DTD, the Describable Textures Dataset (Cimpoi et al., 2014). CoOp uses a new split; the lists in its `labels` are not
 * used.
 */
export const dtd: Benchmark = {
  id: 'dtd',
  title: 'DTD',
  aliases: ['describabletextures', 'textures'],
  imageFolder: 'images',
  splitFile: 'split_zhou_DescribableTextures.json',
  templates: ['{} texture.'],
  classes: 47,
  images: { train: 2820, val: 1128, test: 1692 },
  fromFolders: true,
  gigabytes: 0.6,
  licence: 'for research',
  page: 'https://www.robots.ox.ac.uk/~vgg/data/dtd/',
  async read({ find, seed }) {
    const { classNames, classes } = await classFolders(await find('images'));
    return { classNames, ...splitClasses(classes, seed) };
  },
};
