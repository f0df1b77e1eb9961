import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dataset } from '@dgprompt/datasets';
import { readSplit } from '@dgprompt/datasets/splits';
import { cacheFolder, readText, unknownName } from '@dgprompt/io';
import { type Domain, inDomain, pictogramTemplate } from './domain.js';
import { fromPackages, fromSheet, sheetFile } from './drawings.js';
import { parsePicturePath } from './picture-path.js';
import { type OnProgress, renderImages } from './render-task.js';
import { type StyleName, styleNames } from './styles.js';
import { contentOf } from './task-content.js';
import { pictogramTasks, taskPlan } from './tasks.js';

export { type Domain, domains, pictogramTemplate, taskTitle } from './domain.js';

export interface LoadTaskOptions {
  /**
   * For domain generalization: a subset of the pictures, with the same classes. `flat` has all splits without Fluent's
   * drawings; `shaded` and `3d` have no training images, and all of Fluent's pictures in that style as test images, so
   * that neither their style nor their drawings occur in `flat`.
   */
  domain?: Domain;
  /** Folder for the images; defaults to `cacheFolder()`. */
  cacheDir?: string;
  /** Reports rendering progress, on a task's first use. */
  onProgress?: OnProgress;
  /** Stops rendering; rendered images are kept, and the next call resumes. */
  signal?: AbortSignal;
}

/**
 * Loads a task as a dataset. The first use renders its images (64 × 64 PNG files) from the package's pictures into the
 * cache folder, which takes a few seconds; later calls check them and render missing or damaged ones.
 *
 * @param name one of `pictogramTasks()`
 * @throws one sentence with the nearest known name if there is no such task; the signal's reason
 *
 * @example
 * ```ts
 * import { loadTask } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * console.log(weather.classNames.length, weather.templates); // … [ 'an icon of a {}.' ]
 * ```
 */
export async function loadTask(name: string, options: LoadTaskOptions = {}): Promise<Dataset> {
  if (taskPlan(name) === undefined) throw new Error(unknownName('task', name, pictogramTasks()));
  options.signal?.throwIfAborted();
  const content = contentOf(name, await readText(splitFile(name))); // encoders differ between machines
  const folder = join(options.cacheDir ? resolve(options.cacheDir) : cacheFolder(), 'pictograms', content);
  const published = await readSplit(splitFile(name), folder, { templates: [pictogramTemplate], fixedViews: true });
  const split = { ...published, name, content };
  const [paths, sheet] = [await splitPaths(name), sheetFile(name)];
  const draw = sheet ? fromSheet(sheet, paths) : fromPackages(await picturesOfAllTasks());
  await renderImages(paths, folder, draw, options);
  return options.domain === undefined ? split : inDomain(split, folder, options.domain);
}

/**
 * The path of a task's split file: JSON `{train, val, test}` of `[path, label, classname]`, in CoOp's format.
 *
 * @example
 * ```ts
 * import { splitFile } from '@dgprompt/pictograms';
 *
 * console.log(splitFile('mammals')); // …split_pictograms_mammals.json
 * ```
 */
export function splitFile(name: string): string {
  return fileURLToPath(new URL(`../data/split_pictograms_${name}.json`, import.meta.url));
}

async function splitPaths(name: string): Promise<string[]> {
  const split = JSON.parse(await readText(splitFile(name))) as Record<string, [string, number, string][]>;
  return Object.values(split).flatMap(entries => entries.map(([path]) => path));
}

let pictures: Promise<Map<StyleName, Set<string>>> | undefined;

/** The pictures of all tasks, by style: icon packages are large, so they are read once per process. */
function picturesOfAllTasks(): Promise<Map<StyleName, Set<string>>> {
  pictures ??= (async () => {
    const found = new Map<StyleName, Set<string>>(styleNames.map(style => [style, new Set<string>()]));
    for (const paths of await Promise.all(pictogramTasks().map(splitPaths))) {
      for (const path of paths) {
        const { style, icon } = parsePicturePath(path);
        found.get(style)!.add(icon);
      }
    }
    return found;
  })();
  return pictures;
}
