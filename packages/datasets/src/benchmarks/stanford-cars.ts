import { join } from 'node:path';
import type { Item } from '../dataset.js';
import { splitTrainVal } from '../splits/random-split.js';
import type { Benchmark, Place } from './benchmark.js';
import { type MatStruct, readMatFile } from './lists/mat-file.js';

/** StanfordCars (Krause et al., 2013): 196 models of cars. */
export const stanfordCars: Benchmark = {
  id: 'stanford_cars',
  title: 'StanfordCars',
  aliases: ['stanfordcars', 'cars'],
  imageFolder: '',
  splitFile: 'split_zhou_StanfordCars.json',
  templates: ['a photo of a {}.'],
  classes: 196,
  images: { train: 6509, val: 1635, test: 8041 },
  gigabytes: 2,
  licence: 'for research, not commercial',
  page: 'https://ai.stanford.edu/~jkrause/cars/car_dataset.html',
  async read(place) {
    const meta = await place.find('devkit/cars_meta.mat');
    const names = (await readMatFile(meta)).class_names as string[] | undefined;
    if (!Array.isArray(names)) throw new Error(`${meta} has no class_names.`);
    const classNames = names.map(yearFirst);
    const trainval = await readCars(place, 'cars_train', 'devkit/cars_train_annos.mat', classNames);
    const test = await readCars(place, 'cars_test', 'cars_test_annos_withlabels.mat', classNames);
    return { classNames, ...splitTrainVal(trainval, place.seed), test };
  },
};

/** `BMW M3 Coupe 2012` is `2012 BMW M3 Coupe` in the published prompts. */
function yearFirst(name: string): string {
  const words = name.split(' ');
  return [words.at(-1), ...words.slice(0, -1)].join(' ');
}

async function readCars({ find }: Place, folder: string, list: string, classNames: string[]): Promise<Item[]> {
  const images = await find(folder);
  const file = await find(list);
  const { annotations } = await readMatFile(file);
  if (!Array.isArray(annotations)) throw new Error(`${file} has no annotations.`);
  return (annotations as MatStruct[]).map(({ class: labels, fname }, i) => {
    const label = Number((labels as number[] | undefined)?.[0]) - 1;
    const classname = classNames[label];
    if (classname === undefined || typeof fname !== 'string') {
      throw new Error(`${file}: annotation ${i + 1} has no class or file name; the test list is the one "withlabels".`);
    }
    return { path: join(images, fname), label, classname };
  });
}
