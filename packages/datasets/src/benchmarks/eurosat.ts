import { splitClasses } from '../splits/random-split.js';
import type { Benchmark } from './benchmark.js';
import { classFolders } from './lists/class-folders.js';

/** The published names of the folders. */
const names: Record<string, string> = {
  AnnualCrop: 'Annual Crop Land',
  Forest: 'Forest',
  HerbaceousVegetation: 'Herbaceous Vegetation Land',
  Highway: 'Highway or Road',
  Industrial: 'Industrial Buildings',
  Pasture: 'Pasture Land',
  PermanentCrop: 'Permanent Crop Land',
  Residential: 'Residential Buildings',
  River: 'River',
  SeaLake: 'Sea or Lake',
};

/** EuroSAT (Helber et al., 2019): ten kinds of land use, RGB. */
export const eurosat: Benchmark = {
  id: 'eurosat',
  title: 'EuroSAT',
  aliases: [],
  imageFolder: '2750',
  splitFile: 'split_zhou_EuroSAT.json',
  templates: ['a centered satellite photo of {}.'],
  classes: 10,
  images: { train: 13_500, val: 5400, test: 8100 },
  fromFolders: true,
  gigabytes: 0.09,
  licence: 'MIT',
  page: 'https://github.com/phelber/EuroSAT',
  async read({ find, seed }) {
    const { classNames, classes } = await classFolders(await find('2750'), folder => names[folder] ?? folder);
    return { classNames, ...splitClasses(classes, seed) };
  },
};
