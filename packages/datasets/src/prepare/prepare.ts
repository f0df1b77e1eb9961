import { copyFile, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { findBenchmark, loadBenchmark } from '../benchmarks.js';
import type { Dataset } from '../dataset.js';
import { isFile, isFolder } from '../listing.js';
import { download } from './download.js';
import { layOut, putFile } from './lay-out.js';
import { extractMidFrames } from './mid-frames.js';
import { type Recipe, recipes, type Source } from './sources.js';
import { archiveKind } from './unpack.js';

export interface PrepareOptions {
  /** The folder that holds the datasets' folders; it is made where it is not there. */
  root: string;
  /** Archives (or lists, split files) that are on disk already; nothing is downloaded then. They stay where they are. */
  from?: readonly string[];
  /** Where the hub is reached, instead of `https://huggingface.co`; default: `HF_ENDPOINT` of the environment. */
  hub?: string;
  /** Instead of the built-in sources. */
  recipe?: Recipe;
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
  const { id } = findBenchmark(name);
  const root = resolve(options.root);
  const recipe = options.recipe ?? recipes[id]!;
  const folder = join(root, id);
  if (options.from === undefined) {
    const there = await loadBenchmark(id, root).catch(() => undefined);
    if (there) return there;
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

async function fill(folder: string, recipe: Recipe, options: PrepareOptions): Promise<void> {
  const id = basename(folder);
  if (options.from) await takeFrom(options.from, folder, recipe, options);
  else if (id !== 'ucf101' || !(await isFolder(join(folder, 'UCF-101'))))
    await fetchSome(recipe, { id, folder }, options);
  await midFrames(folder, options);
}

async function takeFrom(
  files: readonly string[],
  folder: string,
  recipe: Recipe,
  options: PrepareOptions,
): Promise<void> {
  for (const file of files.map(path => resolve(path))) {
    if (!(await isFile(file))) throw new Error(`${file} is not there, or is no file.`);
    options.onProgress?.(`unpacking ${basename(file)}`, 0);
    if ((await archiveKind(file)) === undefined) await putFile(file, folder, copyFile);
    else await layOut(file, folder, recipe.holds, unpacking(file, options));
  }
}

async function fetchSome(recipe: Recipe, at: { id: string; folder: string }, options: PrepareOptions): Promise<void> {
  for (const [i, way] of recipe.ways.entries()) {
    try {
      return await fetchAll(way, at, options);
    } catch (cause) {
      options.signal?.throwIfAborted();
      if (i === recipe.ways.length - 1) throw cause;
      options.onNote?.(`${(cause as Error).message} Another source is tried.`);
    }
  }
}

/** Downloads the files of one way and puts each where it belongs as it is there. */
async function fetchAll(
  sources: readonly Source[],
  { id, folder }: { id: string; folder: string },
  options: PrepareOptions,
): Promise<void> {
  const { onProgress, onNote, patience, signal } = options;
  const done = await readDone(folder);
  for (const source of sources) {
    const { file, holds, without, md5, sha256 } = source;
    const url = onHub(source.url, options.hub ?? process.env.HF_ENDPOINT);
    if (done.has(source.url)) continue;
    const kept = join(folder, '.download', file);
    try {
      if (!(await isFile(kept))) {
        const progress = ({ done, total }: { done: number; total: number }) =>
          onProgress?.(`downloading ${file} (${(done / 1e6).toFixed(0)} MB)`, total > 0 ? done / total : 0);
        const hash = await download(url, kept, { checksums: { md5, sha256 }, patience, signal, onProgress: progress });
        if (!md5 && !sha256) await compareWithFirst(dirname(folder), source.url, hash, kept);
      }
      onProgress?.(`unpacking ${file}`, 0);
      if (holds) await unpackDownload(kept, folder, holds, options);
      else await takeFile(kept, folder);
      done.add(source.url);
      await writeFile(join(folder, '.download', 'done.json'), JSON.stringify([...done]));
    } catch (cause) {
      signal?.throwIfAborted();
      if (without === undefined) throw cause;
      onNote?.(`${(cause as Error).message} ${id} is used without ${file}: ${without}.`);
    }
  }
  await rm(join(folder, '.download'), { recursive: true, force: true });
}

/** What is laid out already of an interrupted call. */
async function readDone(folder: string): Promise<Set<string>> {
  const text = await readFile(join(folder, '.download', 'done.json'), 'utf8').catch(() => '[]');
  try {
    return new Set(JSON.parse(text) as string[]);
  } catch {
    return new Set();
  }
}

async function unpackDownload(
  kept: string,
  folder: string,
  holds: readonly string[],
  options: PrepareOptions,
): Promise<void> {
  try {
    await layOut(kept, folder, holds, unpacking(kept, options));
  } catch (cause) {
    if (!options.signal?.aborted) await rm(kept, { force: true }); // so that the next call fetches it again
    throw cause;
  }
  await rm(kept, { force: true });
}

/** Puts a list or split file in its place, unless what came is a web page that asks for something. */
async function takeFile(kept: string, folder: string): Promise<void> {
  const start = (await readFile(kept)).subarray(0, 200).toString('latin1');
  if (/^\s*<(!doctype|html)/i.test(start)) {
    await rm(kept);
    throw new Error(`${basename(kept)} came as a web page.`);
  }
  await rename(kept, join(folder, basename(kept)));
}

const unpacking = (file: string, { signal, onProgress }: PrepareOptions) => {
  let entries = 0;
  return {
    signal,
    onEntry: () => {
      if (++entries % 100 === 0) onProgress?.(`unpacking ${basename(file)}: ${entries} files`, 0);
    },
  };
};

/** The middle frames of UCF101's videos, where there are videos. */
async function midFrames(folder: string, { ffmpeg, onProgress, signal }: PrepareOptions): Promise<void> {
  if (basename(folder) !== 'ucf101' || !(await isFolder(join(folder, 'UCF-101')))) return;
  await extractMidFrames(folder, {
    ...{ ffmpeg, signal },
    onProgress: ({ done, total }) => onProgress?.(`middle frames: ${done} of ${total}`, done / total),
  });
}

const onHub = (url: string, hub: string | undefined): string =>
  hub ? url.replace('https://huggingface.co', hub.replace(/\/$/, '')) : url;

/** SHA-256 of what was downloaded first, by address, for files that no one publishes a checksum of. */
async function compareWithFirst(root: string, url: string, hash: string, kept: string): Promise<void> {
  const file = join(root, '.dgprompt-downloads.json');
  const known = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, string>;
  if (known[url] === undefined) {
    const unfinished = `${file}.${process.pid}.tmp`;
    await writeFile(unfinished, JSON.stringify({ ...known, [url]: hash }, null, 2));
    await rename(unfinished, file);
  } else if (known[url] !== hash) {
    await rm(kept, { force: true });
    throw new Error(
      `${url} is another file than the first time (SHA-256 ${hash}, then ${known[url]}); where that is right, delete its line in ${file}.`,
    );
  }
}
