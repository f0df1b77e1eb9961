import type { Dataset } from '@dgprompt/datasets';
import { readSplit } from '@dgprompt/datasets/splits';
import { kindAt, putFiles, unknownName } from '@dgprompt/io';
import { decode, encode } from 'fast-png';
import { type Domain, inDomain, pictogramTemplate } from './domain.js';
import { parsePicturePath } from './picture-path.js';
import { sheetRasters } from './sheet.js';
import { contentOf } from './task-content.js';
import { type TaskFiles, taskFiles } from './task-files.browser.js';
import { pictogramTasks, type TaskName, taskPlan } from './tasks.js';
import { drawView, premultiplied, viewOf, viewSize } from './views.js';

export { type Domain, domains, pictogramTemplate, taskTitle } from './domain.js';

export interface LoadTaskOptions {
  /** For domain generalization: a subset of the pictures, with the same classes, as in Node. */
  domain?: Domain;
  /** Locations of the task's split file and sheet of pictures, if the bundler did not copy them. */
  files?: TaskFiles;
  /** Called once, when all images can be read; in Node, also during rendering. */
  onProgress?: (progress: { done: number; total: number }) => void;
  signal?: AbortSignal;
}

/**
 * Loads a task as a dataset, with the same pixels as in Node. Its pictures are fetched once; its images are files of
 * the tab (64 × 64 PNG), each drawn when it is read.
 *
 * @param name one of `pictogramTasks()`
 * @throws one sentence with the nearest known name if there is no such task, or with the URL that cannot be fetched;
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
  const { signal, onProgress, files = taskFiles[name as TaskName] } = options;
  signal?.throwIfAborted();
  const split = new TextDecoder().decode(await fetched(files.split, signal));
  const content = contentOf(name, split);
  const folder = `/pictograms/${content}`;
  if (kindAt(folder) === undefined) {
    const raster = decode(await fetched(files.sheet, signal)).data as Uint8Array; // [pictures · side, side, 4]
    putFiles(folder, views(split, raster));
  }
  const splitFile = `split_pictograms_${name}.json`;
  putFiles('/pictograms', { [splitFile]: new TextEncoder().encode(split) });
  const published = await readSplit(`/pictograms/${splitFile}`, folder, {
    templates: [pictogramTemplate],
    fixedViews: true,
  });
  const task = { ...published, name, content };
  const total = task.train.length + task.val.length + task.test.length;
  onProgress?.({ done: total, total });
  return options.domain === undefined ? task : inDomain(task, folder, options.domain);
}

/** A task's views, each drawn when it is read. */
function views(split: string, raster: Uint8Array): Map<string, () => Uint8Array> {
  const paths = Object.values(JSON.parse(split) as Record<string, [string][]>).flatMap(list =>
    list.map(([path]) => path),
  );
  const pictures = sheetRasters(paths, raster);
  const drawn = (path: string) => {
    const { style, icon, view } = parsePicturePath(path);
    const picture = `${style}/${icon}`;
    const data = drawView(premultiplied(pictures.get(picture)!), viewOf(picture, view));
    const file = { width: viewSize, height: viewSize, data, channels: 3 };
    return encode(file, { zlib: { level: 0 } }); // compression would take longer than drawing
  };
  return new Map(paths.map(path => [path, () => drawn(path)]));
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
