import type { RunRecord } from '../records/record.js';

import { mean } from './spread.js';

/** Numbers in percent by column; null is what cannot be tested, and a column without a run is left out. */
export type Values = Record<string, number | null>;

/** Each column by itself, over the values that there are. */
export function averageByColumn(values: readonly Values[]): Values {
  const columns = [...new Set(values.flatMap(Object.keys))];
  const averages = columns.map(column => {
    const numbers = values.map(one => one[column]).filter(value => typeof value === 'number');
    return [column, numbers.length === 0 ? null : mean(numbers)] as const;
  });
  return Object.fromEntries(averages);
}

/** What a table of some runs has in its columns, and how it averages them. */
export interface Measures {
  /** See `Table`. */
  rows: 'task' | 'source';
  columns: string[];
  /** The column that ranks the methods. */
  main: string;
  /** The task, by the name that the table has for it. */
  task(record: RunRecord): string;
  of(record: RunRecord): Values;
  /** Of seeds or of tasks. */
  average(values: readonly Values[]): Values;
}
