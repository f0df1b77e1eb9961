import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { benchmarks, type Dataset, findBenchmark, folder, loadBenchmark } from '@dgprompt/datasets';
import { isBesidePictures } from '@dgprompt/datasets/files';
import { unknownName } from '@dgprompt/io';
import { domains, loadTask, type OnProgress, pictogramTasks, recommendedSettings } from '@dgprompt/pictograms';
import { elevenDatasets, imagenetVariants } from './paper-datasets.js';

/** The dataset to train on, and others to test on, by their names in the suite. */
export interface Experiment {
  train: string;
  others: string[];
}

/** Tasks that are run and listed together. */
export interface Suite {
  name: string;
  /** In table order. */
  tasks: string[];
  /** The images are photographs, which the mini-CLIP has never seen, so another CLIP must be named. */
  photographs?: true;
  load(task: string, options?: LoadOptions): Promise<Dataset>;
  /** Settings of methods for these tasks, by method, `lr=0.007+epochs=10`. */
  recommended?: Readonly<Record<string, string>>;
  /** Maps another common name to a task; undefined for an unknown name. */
  alias?(name: string): string | undefined;
  /** The default source of protocols that train on one dataset. Defaults to the first task. */
  source?: string;
  /**
   * The task and its variants, the same classes in another style. Defaults to the suite's other tasks.
   * @throws one sentence for a task without variants
   */
  variants?(task: string): Experiment;
}

export interface LoadOptions {
  /** Progress of preparing the images, if they need preparing. */
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Location of a suite's data. */
export interface SuiteOptions {
  /** The folder that holds the published datasets' folders. */
  root?: string;
}

/** Names of the built-in suites. A published dataset's name is also a suite, with that task only. */
export const suiteNames: readonly string[] = ['pictograms', 'paper'];

/**
 * A suite by name: `pictograms`; `paper`, the eleven datasets of the papers' tables; a published dataset, such as
 * `eurosat`, even if there is a folder of that name; `folder:PATH`, one task of your own (see `folder` in
 * `@dgprompt/datasets`); or a folder of such tasks, `./eurosat`.
 *
 * @throws one sentence with the nearest known name for an unknown suite, or if published datasets need a root
 *
 * @example
 * ```ts
 * import { openSuite } from '@dgprompt/bench';
 *
 * const suite = await openSuite('pictograms');
 * console.log(suite.tasks.length); // 11
 * ```
 */
export async function openSuite(nameOrFolder: string, { root }: SuiteOptions = {}): Promise<Suite> {
  if (nameOrFolder === 'pictograms') {
    return pictograms();
  }
  if (nameOrFolder.startsWith('folder:')) return ownTask(resolve(nameOrFolder.slice('folder:'.length)));
  if (nameOrFolder === 'paper') {
    return published('paper', [...elevenDatasets], root);
  }
  const isPublished = benchmarks.some(({ id }) => id === nameOrFolder.toLowerCase());
  if (isPublished || !(await isFolder(nameOrFolder))) {
    const id = benchmarkId(nameOrFolder);
    if (id !== undefined) return published(id, [id], root);
    const known = [...suiteNames, ...benchmarks.map(benchmark => benchmark.id)];
    throw new Error(`${unknownName('suite', nameOrFolder, known)} A folder of tasks is one as well.`);
  }
  return folderOfTasks(resolve(nameOrFolder));
}

function pictograms(): Suite {
  return {
    name: 'pictograms',
    tasks: pictogramTasks(),
    recommended: recommendedSettings,
    load(name, options) {
      const domain = domains.find(one => name.endsWith(`-${one}`));
      return loadTask(domain ? name.slice(0, -domain.length - 1) : name, { ...options, domain });
    },
    variants: task => ({ train: `${task}-flat`, others: [`${task}-shaded`, `${task}-3d`] }),
  };
}

function published(name: string, tasks: string[], root: string | undefined): Suite {
  if (root === undefined) {
    throw new Error(
      `${name} needs --root DIR, the folder that holds ${tasks.length === 1 ? tasks[0] : 'the datasets'}.`,
    );
  }
  return {
    name,
    tasks,
    photographs: true,
    alias: benchmarkId,
    source: tasks[0]!,
    load: task => loadBenchmark(task, root),
    variants(task) {
      if (task !== 'imagenet') throw new Error(`${task} has no variants; domain-generalization trains on imagenet.`);
      return { train: task, others: [...imagenetVariants] };
    },
  };
}

function ownTask(path: string): Suite {
  const name = basename(path).replace(/\.(csv|tsv|json|zip|tar|tgz|tar\.gz|rar)$/i, '');
  return { name, tasks: [name], load: () => folder(path) };
}

async function folderOfTasks(root: string): Promise<Suite> {
  const names = (await readdir(root)).filter(name => !isBesidePictures(name)).sort();
  const isTask = await Promise.all(names.map(name => isFolder(join(root, name))));
  const tasks = names.filter((_, i) => isTask[i]);
  if (tasks.length === 0)
    throw new Error(`${root} holds no task: each is a folder with one folder of images per class.`);
  return {
    name: basename(root),
    tasks,
    load: task => folder(join(root, task)),
  };
}

function benchmarkId(name: string): string | undefined {
  try {
    return findBenchmark(name).id;
  } catch {
    return undefined;
  }
}

/**
 * The named tasks, or all.
 *
 * @throws one sentence with the nearest known name for a task that the suite does not have
 *
 * @example
 * ```ts
 * import { chooseTasks, openSuite } from '@dgprompt/bench';
 *
 * console.log(chooseTasks(await openSuite('pictograms'), ['weather', 'food'])); // [ 'food', 'weather' ]
 * ```
 */
export function chooseTasks(suite: Suite, names: readonly string[] | undefined): string[] {
  const chosen = names?.map(name => {
    const task = suite.tasks.includes(name) ? name : suite.alias?.(name);
    if (task === undefined || !suite.tasks.includes(task)) {
      throw new Error(unknownName(`task of ${suite.name}`, name, suite.tasks));
    }
    return task;
  });
  return chosen ? suite.tasks.filter(task => chosen.includes(task)) : suite.tasks;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}

/**
 * @throws one sentence if a suite needs a CLIP other than the mini-CLIP and none is named
 *
 * @example
 * ```ts
 * import { openSuite } from '@dgprompt/bench';
 * import { checkModel } from '@dgprompt/bench/suites';
 *
 * checkModel(await openSuite('pictograms'), undefined);
 * console.log('the mini-CLIP will do'); // the mini-CLIP will do
 * ```
 */
export function checkModel(suite: { name: string; photographs?: true }, model: string | undefined): void {
  if (!suite.photographs || model !== undefined) return;
  throw new Error(
    `${suite.name} has photographs, and the mini-CLIP has only seen pictograms; name a CLIP with --model.`,
  );
}
