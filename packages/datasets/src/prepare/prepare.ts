import { mkdir, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { findBenchmark, hasSplitFile, loadBenchmark } from '../benchmarks/all.js';
import type { Dataset } from '../dataset.js';
import { isFile, isFolder } from '../files/listing.js';
import { fetchAll, fetchSome, unpacking } from './fetch-sources.js';
import { layOut, putFile } from './lay-out.js';
import { extractMidFrames } from './mid-frames.js';
import { type DownloadRecipe, recipes } from './sources.js';
import { archiveKind } from './unpack.js';

export interface PrepareOptions {
  /** The folder that holds the datasets' folders; it is made where it is not there. */
  root: string;
  /** Archives (or lists, split files) that are on disk already; nothing is downloaded then. They stay where they are. */
  from?: readonly string[];
  /** Where the hub is reached, instead of `https://huggingface.co`; default: `HF_ENDPOINT` of the environment. */
  hub?: string;
  /** Instead of the built-in sources. */
  recipe?: DownloadRecipe;
  /** As in `DownloadOptions`. */
  patience?: number;
  /** The ffmpeg for UCF101's videos; default `ffmpeg`. */
  ffmpeg?: string;
  /** Told what is done, and how far it is in [0, 1] where that is known. */
  onProgress?(doing: string, fraction: number): void;
  /** Told in a sentence what could not be had and what that means. */
  onNote?(note: string): void;
  signal?: AbortSignal;
}

/**
 * Gets a published dataset and lays it out as CoOp does: downloads (or takes what is on disk), checks, unpacks, and loads it. What is
 * there already is kept, and an interrupted call is taken up by the next one.
 *
 * @param name as `findBenchmark` takes it
 * @returns the dataset, with all of its files there
 * @throws Error in one sentence: nothing can be had, an archive is damaged or of another dataset, an agreement is needed; the signal's
 *   reason
 */
export async function prepareDataset(name: string, options: PrepareOptions): Promise<Dataset> {
  const benchmark = findBenchmark(name);
  const { id } = benchmark;
  const root = resolve(options.root);
  const recipe = options.recipe ?? recipes[id]!;
  const folder = join(root, id);
  if (options.from === undefined) {
    const there = await loadBenchmark(id, root).catch(() => undefined);
    if (there)
      return (await hasSplitFile(benchmark, root)) === false ? withSplit(there, recipe, folder, options) : there;
    if (recipe.byHand) throw new Error(recipe.byHand);
  }
  await mkdir(folder, { recursive: true });
  try {
    await fill(folder, recipe, options);
  } catch (cause) {
    for (const empty of [join(folder, '.download'), folder]) await rmdir(empty).catch(() => {}); // what holds something stays
    throw cause;
  }
  return loadBenchmark(id, root);
}

/** A dataset that is there but for its published split file, which is fetched where it can be had alone. */
async function withSplit(
  there: Dataset,
  recipe: DownloadRecipe,
  folder: string,
  options: PrepareOptions,
): Promise<Dataset> {
  const id = basename(folder);
  const source = recipe.ways.flat().find(({ file }) => file === findBenchmark(id).splitFile);
  if (!source) return there;
  await fetchAll([source], { id, folder }, options);
  return loadBenchmark(id, dirname(folder));
}

async function fill(folder: string, recipe: DownloadRecipe, options: PrepareOptions): Promise<void> {
  const id = basename(folder);
  if (options.from) await takeFrom(options.from, folder, recipe, options);
  else if (id !== 'ucf101' || !(await isFolder(join(folder, 'UCF-101'))))
    await fetchSome(recipe, { id, folder }, options);
  await midFrames(folder, options);
}

async function takeFrom(
  files: readonly string[],
  folder: string,
  recipe: DownloadRecipe,
  options: PrepareOptions,
): Promise<void> {
  for (const file of files.map(path => resolve(path))) {
    if (!(await isFile(file))) throw new Error(`${file} is not there, or is no file.`);
    options.onProgress?.(`unpacking ${basename(file)}`, 0);
    if ((await archiveKind(file)) === undefined) await putFile(file, folder);
    else await layOut(file, folder, recipe.holds, unpacking(file, options));
  }
}

/** The middle frames of UCF101's videos, where there are videos. */
async function midFrames(folder: string, { ffmpeg, onProgress, signal }: PrepareOptions): Promise<void> {
  if (basename(folder) !== 'ucf101' || !(await isFolder(join(folder, 'UCF-101')))) return;
  await extractMidFrames(folder, {
    ...{ ffmpeg, signal },
    onProgress: ({ done, total }) => onProgress?.(`middle frames: ${done} of ${total}`, done / total),
  });
}
