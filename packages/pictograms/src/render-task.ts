import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cannotWrite, makeFolder, writePartsAtomic } from '@dgprompt/io';
import type { Draw } from './drawings.js';
import { parsePicturePath, picturePath } from './picture-path.js';
import { encodePng, isWholePng } from './png.js';
import { drawView, premultiplied, viewOf, viewSize } from './views.js';

/** Rendering progress. */
export interface Progress {
  /** Images that exist, including those from earlier calls. */
  done: number;
  /** Number of images in total. */
  total: number;
}

/** Called after every few images, and never if nothing has to be rendered. */
export type OnProgress = (progress: Progress) => void;

/** Pictures drawn at the same time; sharp uses its own threads. */
const atOnce = 4;

/**
 * Ensures that a folder has every image of a list: renders missing or damaged ones. Files are written atomically, so
 * rendering may be interrupted at any time, and several processes may render at once.
 *
 * @param paths as in split files, relative to `folder`
 * @param draw draws the pictures of which the images are views
 * @throws the signal's reason; one sentence naming the file if it cannot be written
 */
export async function renderImages(
  paths: readonly string[],
  folder: string,
  draw: Draw,
  { onProgress, signal }: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<void> {
  const missing = await missingImages(paths, folder, signal);
  if (missing.length === 0) return;
  let done = paths.length - missing.length;
  onProgress?.({ done, total: paths.length });

  const pictures = new Map<string, string[]>();
  for (const path of missing) pictures.set(pictureOf(path), [...(pictures.get(pictureOf(path)) ?? []), path]);
  await inParallel(atOnce, [...pictures.values()], async views => {
    signal?.throwIfAborted();
    const { style, icon } = parsePicturePath(views[0]!);
    const picture = premultiplied(await draw({ style, icon }));
    for (const path of views) {
      signal?.throwIfAborted();
      const { view } = parsePicturePath(path);
      const pixels = drawView(picture, viewOf(`${style}/${icon}`, view));
      await place(join(folder, path), await encodePng(pixels, viewSize));
    }
    done += views.length;
    onProgress?.({ done, total: paths.length });
  });
}

/** Paths whose file is missing or damaged. */
async function missingImages(paths: readonly string[], folder: string, signal?: AbortSignal): Promise<string[]> {
  const missing = new Set<string>();
  await inParallel(32, paths, async path => {
    signal?.throwIfAborted();
    const file = await readFile(join(folder, path)).catch(() => undefined);
    if (file === undefined || !isWholePng(file)) missing.add(path);
  });
  return paths.filter(path => missing.has(path));
}

const pictureOf = (path: string): string => picturePath({ ...parsePicturePath(path), view: 0 });

async function place(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await makeFolder(dirname(file));
    await writePartsAtomic(file, [bytes], { flush: false });
  } catch (cause) {
    // Windows cannot replace a file that another process is reading; that file is the same image.
    const theirs = await readFile(file).catch(() => undefined);
    if (theirs && isWholePng(theirs)) return;
    const { message } = cannotWrite(file, cause);
    throw new Error(`${message.replace(/\.$/, '')}, for example by setting DGPROMPT_CACHE.`, { cause });
  }
}

async function inParallel<T>(width: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < items.length && !failed) {
      try {
        await work(items[next++]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  const failure = lanes.find(result => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
