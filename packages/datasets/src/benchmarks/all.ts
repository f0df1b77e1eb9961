import { join, resolve } from 'node:path';
import { nearestName } from '@dgprompt/io';
import type { Dataset } from '../dataset.js';
import { isFile } from '../files/listing.js';
import { locate } from '../files/locate.js';
import { missingSentence } from '../files/missing-files.js';
import { readSplit } from '../splits/split-file.js';
import type { Benchmark, Place } from './benchmark.js';
import { caltech101 } from './caltech-101.js';
import { dtd } from './dtd.js';
import { eurosat } from './eurosat.js';
import { fgvcAircraft } from './fgvc-aircraft.js';
import { food101 } from './food-101.js';
import { imagenet } from './imagenet.js';
import { imagenetA } from './imagenet-adversarial.js';
import { imagenetR } from './imagenet-rendition.js';
import { imagenetSketch } from './imagenet-sketch.js';
import { imagenetV2 } from './imagenetv2.js';
import { readLines } from './lists/text-lines.js';
import { oxfordFlowers } from './oxford-flowers.js';
import { oxfordPets } from './oxford-pets.js';
import { stanfordCars } from './stanford-cars.js';
import { sun397 } from './sun397.js';
import { ucf101 } from './ucf101.js';

/** The eleven datasets of the papers' tables, in the tables' order, then the four variants of ImageNet. */
export const benchmarks: readonly Benchmark[] = [
  ...[imagenet, caltech101, oxfordPets, stanfordCars, oxfordFlowers, food101],
  ...[fgvcAircraft, sun397, dtd, eurosat, ucf101],
  ...[imagenetV2, imagenetSketch, imagenetA, imagenetR],
];

/**
 * A benchmark by its folder's name or another common one; case, dashes and underscores do not count.
 * @throws Error with the nearest known name, if there is none
 */
export function findBenchmark(name: string): Benchmark {
  const plain = (text: string) => text.toLowerCase().replace(/[-_\s]/g, '');
  const namesOf = ({ id, title, aliases }: Benchmark) => [id, title, ...aliases];
  const found = benchmarks.find(benchmark => namesOf(benchmark).some(known => plain(known) === plain(name)));
  if (found) return found;
  const nearest = nearestName(name, benchmarks.flatMap(namesOf));
  const meant = benchmarks.find(benchmark => nearest !== undefined && namesOf(benchmark).includes(nearest));
  const hint = meant ? ` Did you mean "${meant.id}"?` : '';
  throw new Error(`Unknown dataset "${name}".${hint} Known: ${benchmarks.map(({ id }) => id).join(', ')}.`);
}

/** How a benchmark is loaded. */
export interface LoadBenchmarkOptions {
  /** Of a random split, where the published split file is not there; default 1. */
  seed?: number;
  /** `false` passes over whether the listed images are there; default true. Nothing is decoded in either case. */
  checkFiles?: boolean;
}

/**
 * A published dataset from its files, laid out as CoOp lays them out: `<root>/<folder>`, see `benchmarks`.
 *
 * The split is that of `split_zhou_*.json` where it is there. Otherwise it is made from the dataset's own lists by the rules that
 * the published code has, see `splitClasses` and `splitTrainVal`.
 *
 * @param name as `findBenchmark` takes it
 * @param root the folder that holds the datasets' folders
 * @throws Error in one sentence: an unknown name, no such root, a wrong nesting (with the place where it seems to be), lists that
 *   do not fit, missing images
 */
export async function loadBenchmark(name: string, root: string, options: LoadBenchmarkOptions = {}): Promise<Dataset> {
  const benchmark = findBenchmark(name);
  const { id, imageFolder, splitFile, templates } = benchmark;
  const at = resolve(root);
  await locate(at, id);
  const split = splitFile && join(at, id, splitFile);
  let dataset: Dataset;
  let isListed = true;
  if (split && (await isFile(split))) {
    const images = await locate(at, id, imageFolder);
    dataset = await readSplit(split, images, { name: id, templates });
  } else {
    const parts = await benchmark.read(placeOf(benchmark, at, options.seed ?? 1)).catch((error: Error) => {
      throw splitFile && error.message.includes('is not there')
        ? new Error(`${error.message} (${split} is not there either.)`, { cause: error })
        : error;
    });
    dataset = { name: id, templates: [...templates], ...parts };
    isListed = benchmark.fromFolders !== true;
  }
  if (isListed && options.checkFiles !== false) {
    const sentence = await missingSentence(dataset, join(at, id, imageFolder));
    if (sentence) throw new Error(sentence);
  }
  return dataset;
}

/** Whether a benchmark's published split file is there; undefined if it has none. */
export async function hasSplitFile({ id, splitFile }: Benchmark, root: string): Promise<boolean | undefined> {
  return splitFile === undefined ? undefined : isFile(join(resolve(root), id, splitFile));
}

function placeOf({ id }: Benchmark, root: string, seed: number): Place {
  const find = (inside?: string) => locate(root, id, inside);
  return { root, seed, find, lines: async inside => readLines(await find(inside)) };
}
