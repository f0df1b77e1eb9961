import { own } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { bootstrapInterval, fewPairs } from './bootstrap.js';
import type { Measures } from './values.js';

/**
 * Whether runs on the same tasks with the same seeds distinguish two methods in the main column: the 95 % interval of
 * their difference, as in `dgprompt compare`, excludes zero. Always false for too few pairs.
 */
export function toldApart(records: readonly RunRecord[], measures: Measures, a: string, b: string): boolean {
  const [ofA, ofB] = [valuesOf(records, measures, a), valuesOf(records, measures, b)];
  const byTask = new Map<string, number[]>();
  for (const [place, { task, value }] of ofA) {
    const other = ofB.get(place);
    if (other !== undefined) byTask.set(task, [...(byTask.get(task) ?? []), other.value - value]);
  }
  const groups = [...byTask.values()];
  if (groups.flat().length < fewPairs) return false;
  const interval = bootstrapInterval(groups);
  return interval !== undefined && (interval.low > 0 || interval.high < 0);
}

/** A method's numbers in the main column, by task and seed. */
function valuesOf(records: readonly RunRecord[], { main, of }: Measures, method: string) {
  const values = new Map<string, { task: string; value: number }>();
  for (const record of records) {
    const { task, seed } = record.config;
    const value = record.config.method === method ? own(of(record), main) : undefined;
    if (typeof value === 'number') values.set(JSON.stringify([task, seed]), { task, value });
  }
  return values;
}
