import { join, resolve } from 'node:path';
import { nearestName } from '@dgprompt/io';
import { createDataset, type Dataset, splits } from '../dataset.js';
import { isFile } from '../files/listing.js';
import { locate } from '../files/locate.js';
import { missingSentence } from '../files/missing-files.js';
import { pathWithin } from '../files/within.js';
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
 * A benchmark by the name of its folder or another common name; case, dashes and underscores are ignored.
 *
 * @throws a sentence with the nearest known name if there is none
 *
 * @example
 * ```ts
 * import { findBenchmark } from '@dgprompt/datasets';
 *
 * console.log(findBenchmark('flowers102').id); // oxford_flowers
 * ```
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

/** How to load a benchmark. */
export interface LoadBenchmarkOptions {
  /** Seed of a random split, if the published split file is missing; default 1. */
  seed?: number;
  /** False skips checking that the listed images exist; default true. Images are not decoded. */
  checkFiles?: boolean;
}

/**
 * Loads a published dataset from its files in CoOp's layout: `<root>/<folder>`, see `benchmarks`.
 *
 * Uses the split of `split_zhou_*.json` if that file exists. Otherwise makes one from the dataset's own lists by the
 * rules of the published code.
 *
 * @param name as for `findBenchmark`
 * @param root the folder with the datasets' folders
 * @throws a sentence about an unknown name, a missing root, a wrong nesting (with the place where the files seem to
 *   be), inconsistent lists, or missing images
 *
 * @example
 * ```ts
 * import { loadBenchmark } from '@dgprompt/datasets';
 *
 * const message = await loadBenchmark('eurosat', 'no-such-folder').catch(error => error.message);
 * console.log(message); // There is no folder …no-such-folder; the root is the folder that contains eurosat.
 * ```
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
      throw splitFile && error.message.includes('does not exist')
        ? new Error(`${error.message} (${split} does not exist either.)`, { cause: error })
        : error;
    });
    dataset = createDataset({ name: id, templates: [...templates], ...parts });
    for (const { path } of splits.flatMap(split => dataset[split])) pathWithin(at, path, `The lists of ${id}`);
    isListed = benchmark.fromFolders !== true;
  }
  if (isListed && options.checkFiles !== false) {
    const sentence = await missingSentence(dataset, join(at, id, imageFolder));
    if (sentence) throw new Error(sentence);
  }
  return dataset;
}

/** Whether a benchmark's published split file exists; undefined if none was published. */
export async function hasSplitFile({ id, splitFile }: Benchmark, root: string): Promise<boolean | undefined> {
  return splitFile === undefined ? undefined : isFile(join(resolve(root), id, splitFile));
}

function placeOf({ id }: Benchmark, root: string, seed: number): Place {
  const find = (inside?: string) => locate(root, id, inside);
  return { root, seed, find, lines: async inside => readLines(await find(inside)) };
}
