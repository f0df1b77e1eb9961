import { splitClasses } from '../splits/random-split.js';
import type { Benchmark } from './benchmark.js';
import { classFolders } from './lists/class-folders.js';

/** Folders that are not classes of the benchmark: background, and a second set of faces. */
const ignored = ['BACKGROUND_Google', 'Faces_easy'];
/** Published names of folders with other names. */
const renamed: Record<string, string> = {
  airplanes: 'airplane',
  Faces: 'face',
  Leopards: 'leopard',
  Motorbikes: 'motorbike',
};

/** Caltech101 (Fei-Fei et al., 2004), 100 classes as in CoOp. */
export const caltech101: Benchmark = {
  id: 'caltech-101',
  title: 'Caltech101',
  aliases: ['caltech101', 'caltech'],
  imageFolder: '101_ObjectCategories',
  splitFile: 'split_zhou_Caltech101.json',
  templates: ['a photo of a {}.'],
  classes: 100,
  images: { train: 4128, val: 1649, test: 2465 },
  fromFolders: true,
  gigabytes: 0.13,
  licence: 'CC BY 4.0',
  page: 'https://data.caltech.edu/records/mzrjq-6wc02',
  async read({ find, seed }) {
    const { classNames, classes } = await classFolders(await find('101_ObjectCategories'), folder =>
      ignored.includes(folder) ? undefined : (renamed[folder] ?? folder),
    );
    return { classNames, ...splitClasses(classes, seed) };
  },
};
