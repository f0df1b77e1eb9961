import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dataset, Item } from '@dgprompt/datasets';
import { readSplit } from '@dgprompt/datasets/splits';
import { cacheFolder, unknownName } from '@dgprompt/io';
import { parsePicturePath } from './picture-path.js';
import { type OnProgress, renderImages } from './render-task.js';
import { type StyleName, styleNames, styles } from './styles.js';
import { pictogramTasks, taskPlan } from './tasks.js';
import { viewRecipe } from './views.js';

/** The hand-written prompt of every task. */
export const pictogramTemplate = 'an icon of a {}.';

/** Part of a task's pictures: see `LoadTaskOptions.look`. */
export const domains = ['flat', 'shaded', '3d'] as const;
export type Domain = (typeof domains)[number];

export interface LoadTaskOptions {
  /**
   * For domain generalization, part of the pictures, with the same classes. `flat`: all splits without Fluent's drawings; `shaded` and `3d`:
   * no training images, and all of Fluent's pictures in that look as test images: neither their look nor their drawings are in `flat`.
   */
  domain?: Domain;
  /** Folder for the images; they lie in a folder of their own in it. Default: see `cacheFolder`. */
  cacheDir?: string;
  /** Told how far rendering is, at a task's first use; `progressBar()` makes one for a terminal. */
  onProgress?: OnProgress;
  /** Stops rendering; what is rendered stays, and the next call goes on. */
  signal?: AbortSignal;
}

/**
 * A task as a dataset. At first use its images (64 × 64 PNG files) are rendered from the installed icon packages into the
 * cache folder, which takes a few seconds; later calls only check them, and render again what is missing or damaged.
 *
 * @param name one of `pictogramTasks()`
 * @throws Error with the nearest known name, if there is no such task; the signal's reason, if it is aborted
 */
export async function loadTask(name: string, options: LoadTaskOptions = {}): Promise<Dataset> {
  if (taskPlan(name) === undefined) throw new Error(unknownName('task', name, pictogramTasks()));
  options.signal?.throwIfAborted();
  const folder = join(options.cacheDir ? resolve(options.cacheDir) : cacheFolder(), 'pictograms', await version(name));
  const split = await readSplit(splitFile(name), folder, { name, templates: [pictogramTemplate] });
  await renderImages(await splitPaths(name), folder, await picturesOfAllTasks(), options);
  return options.domain === undefined ? split : seenAs(split, folder, options.domain);
}

/** @param folder of the task's images: what follows it in a path has the style */
function seenAs(split: Dataset, folder: string, look: Domain): Dataset {
  const styleOf = ({ path }: Item) => parsePicturePath(relative(folder, path).replaceAll('\\', '/')).style;
  const name = `${split.name}-${look}`;
  if (look === 'flat') {
    const flat = (items: Item[]) => items.filter(item => styles[styleOf(item)].drawing !== 'fluent');
    return { ...split, name, train: flat(split.train), val: flat(split.val), test: flat(split.test) };
  }
  const style: StyleName = look === '3d' ? 'fluent-emoji-3d' : 'fluent-emoji';
  const all = [...split.train, ...split.val, ...split.test];
  return { ...split, name, train: [], val: [], test: all.filter(item => styleOf(item) === style) };
}

/** What a task is called in a table. @throws Error with the nearest known name, if there is no such task */
export function taskTitle(name: string): string {
  const plan = taskPlan(name);
  if (plan === undefined) throw new Error(unknownName('task', name, pictogramTasks()));
  return plan.title;
}

/** The task's split file: JSON `{train, val, test}` of `[path, label, classname]`, as CoOp publishes splits. */
export function splitFile(name: string): string {
  return fileURLToPath(new URL(`../data/split_pictograms_${name}.json`, import.meta.url));
}

/** Name of the task's folder in the cache: other splits, pictures or views never meet under one name. */
async function version(name: string): Promise<string> {
  const hash = createHash('sha256')
    .update(JSON.stringify([viewRecipe, styles]))
    .update(JSON.stringify(JSON.parse(await readFile(splitFile(name), 'utf8'))));
  return `${name}-${hash.digest('hex').slice(0, 12)}`;
}

async function splitPaths(name: string): Promise<string[]> {
  const split = JSON.parse(await readFile(splitFile(name), 'utf8')) as Record<string, [string, number, string][]>;
  return Object.values(split).flatMap(entries => entries.map(([path]) => path));
}

let pictures: Promise<Map<StyleName, Set<string>>> | undefined;

/** Per style the pictures that any task shows: icon packages are large, and are read once a process. */
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
