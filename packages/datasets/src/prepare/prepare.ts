import { rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ownerName, waitForLock } from '@dgprompt/io';
import { findBenchmark, hasSplitFile, loadBenchmark } from '../benchmarks/all.js';
import type { Dataset } from '../dataset.js';
import { isFile, isFolder } from '../files/listing.js';
import { fetchAll, fetchSome, unpacking } from './fetch-sources.js';
import { layOut, putFile } from './lay-out.js';
import { extractMidFrames } from './mid-frames.js';
import type { PrepareOptions } from './options.js';
import { type DownloadRecipe, recipes } from './sources.js';
import { archiveKind } from './unpack.js';

/**
 * Prepares a published dataset in CoOp's layout: downloads it (or takes archives from disk), verifies, unpacks and
 * loads it. Files that exist are kept, and the next call resumes an interrupted one.
 *
 * @param name as for `findBenchmark`
 * @returns the dataset, with all of its files on disk
 * @throws a sentence if no source works, an archive is damaged or belongs to another dataset, or a licence must be
 *   accepted first; the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { prepareDataset } from '@dgprompt/datasets/prepare';
 *
 * console.log(await prepareDataset('imagenet', { root: 'data' }).catch(error => error.message)); // ImageNet is …
 * ```
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
  const existed = await isFolder(folder);
  let waited = false;
  const release = await waitForLock(join(folder, '.lock'), {
    doing: `data prepare ${id}`,
    signal: options.signal,
    onWait(owner) {
      waited = true;
      options.onNote?.(`${folder} is being prepared by ${ownerName(owner)}; waiting for it.`);
    },
  });
  try {
    const there = waited ? await loadBenchmark(id, root).catch(() => undefined) : undefined;
    if (!there) await fill(folder, recipe, options);
  } catch (cause) {
    await release();
    // Fails if it is not empty
    for (const empty of [join(folder, '.download'), ...(existed ? [] : [folder])]) await rmdir(empty).catch(() => {});
    throw cause;
  }
  await release();
  return loadBenchmark(id, root);
}

/** A dataset that lacks only its published split file, which is downloaded if it is available separately. */
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
    if (!(await isFile(file))) throw new Error(`${file} does not exist, or is not a file.`);
    options.onProgress?.(`unpacking ${basename(file)}`, 0);
    if ((await archiveKind(file)) === undefined) await putFile(file, folder);
    else await layOut(file, folder, recipe.holds, unpacking(file, options));
  }
}

/** The middle frames of UCF101's videos, if there are videos. */
async function midFrames(folder: string, { ffmpeg, onProgress, signal }: PrepareOptions): Promise<void> {
  if (basename(folder) !== 'ucf101' || !(await isFolder(join(folder, 'UCF-101')))) return;
  await extractMidFrames(folder, {
    ffmpeg,
    signal,
    onProgress: ({ done, total }) => onProgress?.(`middle frames: ${done} of ${total}`, done / total),
  });
}
