import type { Dataset, Item } from '@dgprompt/datasets';
import { unknownName } from '@dgprompt/io';
import { parsePicturePath } from './picture-path.js';
import { type StyleName, styles } from './styles.js';
import { pictogramTasks, taskPlan } from './tasks.js';

/** The hand-written prompt of every task. */
export const pictogramTemplate = 'an icon of a {}.';

/** Subsets of a task's pictures: see `LoadTaskOptions.domain`. */
export const domains = ['flat', 'shaded', '3d'] as const;
export type Domain = (typeof domains)[number];

/** @param folder of the task's images; paths relative to it contain the style */
export function inDomain(split: Dataset, folder: string, domain: Domain): Dataset {
  const styleOf = ({ path }: Item) => parsePicturePath(path.slice(folder.length + 1).replaceAll('\\', '/')).style;
  const name = `${split.name}-${domain}`;
  if (domain === 'flat') {
    const flat = (items: Item[]) => items.filter(item => styles[styleOf(item)].drawing !== 'fluent');
    return { ...split, name, train: flat(split.train), val: flat(split.val), test: flat(split.test) };
  }
  const style: StyleName = domain === '3d' ? 'fluent-emoji-3d' : 'fluent-emoji';
  const all = [...split.train, ...split.val, ...split.test];
  return { ...split, name, train: [], val: [], test: all.filter(item => styleOf(item) === style) };
}

/**
 * A task's title in tables.
 *
 * @throws one sentence with the nearest known name if there is no such task
 *
 * @example
 * ```ts
 * import { taskTitle } from '@dgprompt/pictograms';
 *
 * console.log(taskTitle('mammals')); // Mammals
 * ```
 */
export function taskTitle(name: string): string {
  const plan = taskPlan(name);
  if (plan === undefined) throw new Error(unknownName('task', name, pictogramTasks()));
  return plan.title;
}
