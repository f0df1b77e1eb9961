import type { Dataset } from '@dgprompt/datasets';
import { readSplit } from '@dgprompt/datasets/splits';
import { kindAt, putFiles, unknownName } from '@dgprompt/io';
import { decode, encode } from 'fast-png';
import { type Domain, inDomain, pictogramTemplate } from './domain.js';
import { parsePicturePath } from './picture-path.js';
import { sheetPictures } from './sheet.js';
import { contentOf } from './task-content.js';
import { type TaskFiles, taskFiles } from './task-files.browser.js';
import { pictogramTasks, type TaskName, taskPlan } from './tasks.js';
import { drawView, premultiplied, rasterSize, viewOf, viewSize } from './views.js';

export { type Domain, domains, pictogramTemplate, taskTitle } from './domain.js';

export interface LoadTaskOptions {
  /** For domain generalization: a part of the pictures, with the same classes, as in Node. */
  domain?: Domain;
  /** Where the task's files are, if the bundler did not copy them: its split file and its sheet of pictures. */
  files?: TaskFiles;
  /** Reports the views that are drawn, and all of them. */
  onProgress?: (progress: { done: number; total: number }) => void;
  signal?: AbortSignal;
}

/** Milliseconds after which others may run. */
const TURN = 50;

/**
 * A task as a dataset, with the same pixels as in Node. Its pictures are fetched once, and its images (64 × 64 PNG
 * files) drawn into the tab's files.
 *
 * @param name one of `pictogramTasks()`
 * @throws a sentence with the nearest known name if there is no such task, or with the address that cannot be fetched;
 *   the signal's reason
 *
 * @example
 * ```ts
 * import { loadTask } from '@dgprompt/pictograms'; // in a browser
 *
 * const weather = await loadTask('weather');
 * ```
 */
export async function loadTask(name: string, options: LoadTaskOptions = {}): Promise<Dataset> {
  if (taskPlan(name) === undefined) throw new Error(unknownName('task', name, pictogramTasks()));
  const { signal, files = taskFiles[name as TaskName] } = options;
  signal?.throwIfAborted();
  const split = new TextDecoder().decode(await fetched(files.split, signal));
  const content = contentOf(name, split);
  const folder = `/pictograms/${content}`;
  if (kindAt(folder) === undefined) putFiles(folder, await drawnViews(split, files, options));
  const splitFile = `split_pictograms_${name}.json`;
  putFiles('/pictograms', { [splitFile]: new TextEncoder().encode(split) });
  const published = await readSplit(`/pictograms/${splitFile}`, folder, {
    templates: [pictogramTemplate],
    fixedViews: true,
  });
  const task = { ...published, name, content };
  return options.domain === undefined ? task : inDomain(task, folder, options.domain);
}

async function drawnViews(split: string, { sheet }: TaskFiles, { signal, onProgress }: LoadTaskOptions) {
  const paths = Object.values(JSON.parse(split) as Record<string, [string][]>).flatMap(list =>
    list.map(([path]) => path),
  );
  const raster = decode(await fetched(sheet, signal)).data as Uint8Array; // [pictures · side, side, 4]
  const bytes = rasterSize * rasterSize * 4;
  const pictures = new Map(
    sheetPictures(paths).map(({ style, icon }, i) => [`${style}/${icon}`, raster.subarray(i * bytes, (i + 1) * bytes)]),
  );
  const views = new Map<string, Uint8Array>();
  let turn = performance.now();
  for (const path of paths) {
    const { style, icon, view } = parsePicturePath(path);
    const picture = `${style}/${icon}`;
    const data = drawView(premultiplied(pictures.get(picture)!), viewOf(picture, view));
    const file = { width: viewSize, height: viewSize, data, channels: 3 };
    views.set(path, encode(file, { zlib: { level: 0 } })); // packing would take longer than drawing
    if (performance.now() - turn < TURN) continue;
    onProgress?.({ done: views.size, total: paths.length });
    await new Promise(resolve => setTimeout(resolve));
    signal?.throwIfAborted();
    turn = performance.now();
  }
  onProgress?.({ done: paths.length, total: paths.length });
  return views;
}

async function fetched(url: URL, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(`${url.href} cannot be fetched: ${(cause as Error).message}.`, { cause });
  }
}
