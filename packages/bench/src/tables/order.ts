import { benchmarks } from '@dgprompt/datasets';
import { methodNames } from '@dgprompt/methods';
import { pictogramTasks } from '@dgprompt/pictograms';
import type { RunRecord } from '../records/record.js';

const tasks = [...benchmarks.map(({ id }) => id), ...pictogramTasks()];

/** Tasks in the order of the papers' tables and of the pictograms; unknown ones follow in the given order. */
export const tasksInOrder = (names: readonly string[]): string[] => sorted(names, name => rank(tasks, name));

/**
 * Records in table order: by task, then by method as in the papers, variants after the method itself.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { recordsInOrder } from '@dgprompt/bench/tables';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * console.log(recordsInOrder(records)[0]!.config.method); // dgprompt
 * ```
 */
export const recordsInOrder = (records: readonly RunRecord[]): RunRecord[] =>
  sorted(records, ({ config: { task, method } }) => [
    rank(methodNames, method.replace(/[:(,].*$/, '').trim()) + (methodNames.includes(method) ? 0 : 0.5),
    rank(tasks, task.replace(/-(flat|shaded|3d)$/, '')),
  ]);

function rank(known: readonly string[], name: string): number {
  const at = known.indexOf(name);
  return at < 0 ? known.length : at;
}

/** Sorts by numbers; ties keep their order. */
function sorted<T>(items: readonly T[], by: (item: T) => number | number[]): T[] {
  const ranks = new Map(items.map(item => [item, [by(item)].flat()]));
  return [...items].sort((a, b) => {
    const [own, other] = [ranks.get(a)!, ranks.get(b)!];
    const at = own.findIndex((value, i) => value !== other[i]);
    return at < 0 ? 0 : own[at]! - other[at]!;
  });
}
