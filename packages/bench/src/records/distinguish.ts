import { printable } from '@dgprompt/io';
import { flatOptions } from '@dgprompt/methods/method';
import { canonicalJson, type Json } from './config.js';
import type { RunRecord } from './record.js';

/** Records that one table can hold: the same protocol, suite, shots and model. */
export interface Comparable {
  title: string;
  records: RunRecord[];
}

/**
 * Sorts records into tables. Only runs with the same protocol, suite, number of shots and of tests, and model share
 * one table; a few-shot table has all numbers of shots. Where a method was run in several ways there, its `method` in
 * the result tells them apart: `coop (epochs 2)`.
 *
 * @example
 * ```ts
 * import { comparable, readRecords } from '@dgprompt/bench';
 *
 * const { records } = await readRecords('docs/results/records'); // of this repository
 * console.log(comparable(records).length); // 4
 * ```
 */
export function comparable(records: readonly RunRecord[]): Comparable[] {
  const tables = groupBy(records, ({ config: { protocol, suite, shots, model }, tests }) =>
    canonicalJson([protocol, suite, protocol === 'few-shot' ? null : shots, model, Object.keys(tests).length]),
  );
  return tables.map(group => ({ title: tableTitle(group), records: distinguish(group) }));
}

/**
 * `pictograms, base-to-new, 16 shots, seed 1`, or `paper, cross-dataset from imagenet, …`: what the records of a table
 * have in common.
 *
 * @example
 * ```ts
 * import { readRecords, tableTitle } from '@dgprompt/bench';
 *
 * const { records } = await readRecords('docs/results/records'); // of this repository
 * console.log(tableTitle(records.slice(0, 1))); // pictograms, base-to-new, 16 shots, seed 1
 * ```
 */
export function tableTitle(records: readonly RunRecord[]): string {
  const { protocol, suite, task } = records[0]!.config;
  const isFromOne = records.every(({ config, tests }) => config.task === task && Object.hasOwn(tests, task));
  const shots = counts(records.map(({ config }) => config.shots));
  const seeds = counts(records.map(({ config }) => config.seed));
  const trained =
    shots.length === 1 && shots[0] === 0 ? [] : [`${shots.join(', ')} shot${shots.join() === '1' ? '' : 's'}`];
  return [
    printable(suite),
    printable(isFromOne ? `${protocol} from ${task}` : protocol),
    ...trained,
    `seed${seeds.length > 1 ? 's' : ''} ${seeds.join(', ')}`,
  ].join(', ');
}

const counts = (numbers: number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

function distinguish(records: RunRecord[]): RunRecord[] {
  return groupBy(records, ({ config }) => config.method).flatMap(ofMethod => {
    const keys = differing(ofMethod);
    if (keys.length === 0) return ofMethod;
    return ofMethod.map(record => {
      const settings = settingsOf(record);
      const label = keys.map(key => `${key} ${asText(settings[key])}`).join(', ');
      return { ...record, config: { ...record.config, method: `${record.config.method} (${label})` } };
    });
  });
}

/**
 * Settings in which two runs of the same task, shots and seed differ; published settings may well differ between those.
 */
function differing(records: RunRecord[]): string[] {
  const keys = groupBy(records, ({ config }) => canonicalJson([config.task, config.shots, config.seed])).flatMap(
    same => {
      const settings = same.map(settingsOf);
      const all = [...new Set(settings.flatMap(Object.keys))];
      return all.filter(key => new Set(settings.map(one => canonicalJson(one[key]))).size > 1);
    },
  );
  return [...new Set(keys)];
}

function settingsOf({ config }: RunRecord): Record<string, Json> {
  const { options, recipe, device, backend, threads, precision = 'fp32', data } = config;
  return { ...(flatOptions(options) as Record<string, Json>), ...recipe, device, backend, threads, precision, data };
}

const asText = (value: Json | undefined): string => (typeof value === 'string' ? value : canonicalJson(value));

function groupBy<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}
