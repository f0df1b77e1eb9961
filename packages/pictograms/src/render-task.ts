import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pictureSource } from './icons.js';
import { parsePicturePath, picturePath } from './picture-path.js';
import { encodePng, isWholePng } from './png.js';
import { rasterize } from './raster.js';
import type { StyleName } from './styles.js';
import { drawView, premultiplied, viewOf, viewSize } from './views.js';

/** How far rendering is. */
export interface Progress {
  /** Images that are there, old ones included. */
  done: number;
  /** Images that there will be. */
  total: number;
}

/** Called after every few images, and never when nothing has to be rendered. */
export type OnProgress = (progress: Progress) => void;

/** How many pictures are drawn at a time: sharp draws in threads of its own. */
const atOnce = 4;

/**
 * Make sure that every image of a list lies in a folder, whole. What is there already stays; missing and damaged files are
 * rendered. Files appear whole or not at all, so rendering may be cut at any time and two processes may do it at once.
 *
 * @param paths paths as split files have them, relative to `folder`
 * @param wanted per style the names of all pictures that this process may ask for
 * @throws the signal's reason if it is aborted; Error naming the folder if it cannot be written to
 */
export async function renderImages(
  paths: readonly string[],
  folder: string,
  wanted: ReadonlyMap<StyleName, ReadonlySet<string>>,
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
    const source = await pictureSource(style, icon, wanted.get(style) ?? new Set([icon]));
    const picture = premultiplied(await rasterize(source));
    for (const path of views) {
      signal?.throwIfAborted();
      const { view } = parsePicturePath(path);
      await place(join(folder, path), encodePng(drawView(picture, viewOf(`${style}/${icon}`, view)), viewSize));
    }
    done += views.length;
    onProgress?.({ done, total: paths.length });
  });
}

/** Those paths whose file is absent or damaged. */
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

/** Write a file under another name, then move it to its place. */
async function place(file: string, bytes: Buffer): Promise<void> {
  const unfinished = `${file}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    // Windows refuses to replace a file that another process reads; theirs has the same bytes.
    const theirs = await readFile(file).catch(() => undefined);
    if (theirs?.equals(bytes)) return;
    throw new Error(
      `The image ${file} cannot be written (${(error as Error).message}); free some space or set DGPROMPT_CACHE to another folder.`,
    );
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
