import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type Dataset, folder, unknownName } from '@dgprompt/datasets';
import { loadTask, type OnProgress, pictogramTasks } from '@dgprompt/pictograms';

/** Tasks that are run and tabulated together. */
export interface Suite {
  name: string;
  /** In the order in which tables list them. */
  tasks: string[];
  /**
   * The images are a fixed set of views, made once: they are trained on as they are, and frozen features of them are computed
   * once. Otherwise training sees random crops and flips, as published.
   */
  fixedViews: boolean;
  load(task: string, options?: LoadOptions): Promise<Dataset>;
}

export interface LoadOptions {
  /** Told how far preparing the images is, where there is something to prepare. */
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Names of the built-in suites. */
export const suiteNames: readonly string[] = ['pictograms'];

/**
 * A suite by name, or a folder of one's own: each folder in it is a task, with one folder of images per class (see `folder`
 * of `@dgprompt/datasets`).
 *
 * @throws Error with the nearest known name, if it is neither
 */
export async function openSuite(nameOrFolder: string): Promise<Suite> {
  if (nameOrFolder === 'pictograms') {
    return { name: 'pictograms', tasks: pictogramTasks(), fixedViews: true, load: loadTask };
  }
  if (!(await isFolder(nameOrFolder))) {
    throw new Error(`${unknownName('suite', nameOrFolder, suiteNames)} A folder of tasks is one as well.`);
  }
  const root = resolve(nameOrFolder);
  const names = (await readdir(root)).filter(name => !name.startsWith('.')).sort();
  const isTask = await Promise.all(names.map(name => isFolder(join(root, name))));
  const tasks = names.filter((_, i) => isTask[i]);
  if (tasks.length === 0)
    throw new Error(`${root} holds no task: each is a folder with one folder of images per class.`);
  return {
    name: basename(root),
    tasks,
    fixedViews: false,
    load: task => folder(join(root, task)),
  };
}

/**
 * The tasks asked for, or all.
 *
 * @throws Error with the nearest known name for a task that the suite does not have
 */
export function chooseTasks(suite: Suite, names: readonly string[] | undefined): string[] {
  for (const name of names ?? []) {
    if (!suite.tasks.includes(name)) throw new Error(unknownName(`task of ${suite.name}`, name, suite.tasks));
  }
  return names ? suite.tasks.filter(task => names.includes(task)) : suite.tasks;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}
