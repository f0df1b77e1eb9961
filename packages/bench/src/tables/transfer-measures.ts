import { bare, own } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { tasksInOrder } from './order.js';
import { mean } from './spread.js';
import { averageByColumn, type Measures, type Values } from './values.js';

/** The columns before and after the targets; a target of that name is marked as a task. */
export const sourceColumn = 'source';
export const targetsColumn = 'average';

/**
 * Cross-dataset and domain generalization: accuracy on the source, on each target, and on average over the targets.
 * Variants of a task, `weather-flat`, `weather-3d`, share a column with those of other tasks, `3d`.
 */
export function transferMeasures(records: readonly RunRecord[]): Measures {
  const isVariants = records[0]!.config.protocol === 'domain-generalization';
  const stemOf = (record: RunRecord) => (isVariants ? stem(Object.keys(record.tests)) : '');
  const targetsOf = (record: RunRecord) =>
    Object.keys(record.tests)
      .filter(name => name !== record.config.task)
      .map(name => name.slice(stemOf(record).length));
  const columnOf = (name: string) => (name === sourceColumn || name === targetsColumn ? `${name} (task)` : name);
  const targets = tasksInOrder([...new Set(records.flatMap(targetsOf))]);
  return {
    rows: 'source',
    columns: [sourceColumn, ...targets.map(columnOf), targetsColumn],
    main: targetsColumn,
    task: record => stemOf(record).slice(0, -1) || record.config.task,
    of(record) {
      const source = own(record.tests, record.config.task)?.top1 ?? null;
      const values: Values = bare([[sourceColumn, source]]);
      const { task } = record.config;
      if (targets.includes(task)) values[columnOf(task)] = null; // a target of other sources
      const names = targetsOf(record);
      for (const name of names) values[columnOf(name)] = own(record.tests, stemOf(record) + name)?.top1 ?? null;
      const reached = names.map(name => values[columnOf(name)]).filter(value => typeof value === 'number');
      values[targetsColumn] = reached.length === 0 || reached.length < names.length ? null : mean(reached);
      return values;
    },
    average: averageByColumn,
  };
}

/** The common prefix of names, up to a dash: `weather-` for `weather-flat` and `weather-3d`. */
function stem(names: readonly string[]): string {
  const [first = '', ...others] = names;
  let length = 0;
  while (length < first.length && others.every(name => name[length] === first[length])) length++;
  return first.slice(0, first.slice(0, length).lastIndexOf('-') + 1);
}
