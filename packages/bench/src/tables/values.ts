import { bare, own } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { mean } from './spread.js';

/** Percentages by column; null marks tests that a method cannot take, and columns without a run are omitted. */
export type Values = Record<string, number | null>;

/** Averages each column over the available values. */
export function averageByColumn(values: readonly Values[]): Values {
  const columns = [...new Set(values.flatMap(Object.keys))];
  const averages = columns.map(column => {
    const numbers = values.map(one => own(one, column)).filter(value => typeof value === 'number');
    return [column, numbers.length === 0 ? null : mean(numbers)] as const;
  });
  return bare(averages);
}

/** A table's columns and how to average them. */
export interface Measures {
  /** See `Table`. */
  rows: 'task' | 'source';
  columns: string[];
  /** The column that ranks the methods. */
  main: string;
  /** The task's name in the table. */
  task(record: RunRecord): string;
  of(record: RunRecord): Values;
  /** Averages over seeds or tasks. */
  average(values: readonly Values[]): Values;
}
