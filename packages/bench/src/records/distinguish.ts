import { printable } from '@dgprompt/io';
import { canonicalJson } from './config.js';
import { groupBy } from './group-by.js';
import type { RunRecord } from './record.js';
import { namedByViews } from './views.js';
import { namedByWays } from './ways.js';

/** Records that fit in one table: the same protocol, suite, shots, tests and model. */
export interface Comparable {
  title: string;
  records: RunRecord[];
  /** Sentences about omitted runs. */
  notes?: string[];
}

/**
 * Sorts records into tables. Only runs with the same protocol, suite, number of shots and of tests, and model share a
 * table, and of one source only those with the same targets; a few-shot table has all numbers of shots. If a
 * dataset's images or labels have changed, only the runs on the newest state count, and `notes` names the others. If
 * a method was run in several ways, its `method` in the result includes the difference: `coop (epochs 2)`. Recipe and
 * options are compared among runs of the same task and shots, with which published ones vary; Pillow, the views in
 * training and the like among all. Tests with several views of each image count as a separate method: `coop, 5
 * views`. So do towers below float32: `coop, int8`.
 *
 * @example
 * ```ts
 * import { comparable, readRecords } from '@dgprompt/bench';
 *
 * const { records } = await readRecords('docs/results/records'); // of this repository
 * console.log(comparable(records).length); // 5
 * ```
 */
export const comparable = (records: readonly RunRecord[]): Comparable[] => grouped(records, onNewestData);

/** The same with runs on every state of the data. */
export const comparableOnAnyData = (records: readonly RunRecord[]): Comparable[] =>
  grouped(records, newest => ({ newest, notes: [] }));

function grouped(records: readonly RunRecord[], choose: typeof onNewestData): Comparable[] {
  const tables = groupBy(namedByViews(records), ({ config: { protocol, suite, shots, model }, tests }) =>
    canonicalJson([protocol, suite, protocol === 'few-shot' ? null : shots, model, Object.keys(tests).length]),
  );
  return tables.flatMap(byTests).map(group => {
    const { newest, notes } = choose(group);
    return { title: tableTitle(newest), records: namedByWays(newest), ...(notes.length > 0 && { notes }) };
  });
}

/** One table per set of tests, if runs from one source have several: their averages are over other targets. */
function byTests(records: readonly RunRecord[]): RunRecord[][] {
  const bySource = groupBy(records, ({ config }) => config.task);
  const isMixed = bySource.some(([first, ...others]) => others.some(one => testsOf(one) !== testsOf(first!)));
  return isMixed ? groupBy(records, testsOf) : [[...records]];
}

/** The names of a run's tests, as a key. */
export const testsOf = ({ tests }: Pick<RunRecord, 'tests'>): string => canonicalJson(Object.keys(tests).sort());

/**
 * The methods of some records, in the order of their first record.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { methodsOf } from '@dgprompt/bench/records';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * console.log(methodsOf(records)); // [ 'dgprompt' ]
 * ```
 */
export const methodsOf = (records: readonly RunRecord[]): string[] => [
  ...new Set(records.map(({ config }) => config.method)),
];

/** Numbers on different images share no column. The newest state of a dataset is that of its last finished run. */
function onNewestData(records: RunRecord[]): { newest: RunRecord[]; notes: string[] } {
  const latest = new Map<string, { hash: string; at: string }>();
  for (const record of records)
    for (const [name, hash] of dataOf(record)) {
      const { finishedAt: at } = record;
      if (at >= (latest.get(name)?.at ?? '')) latest.set(name, { hash, at });
    }
  const counts = new Map<string, number>(); // number of runs on earlier states, by dataset
  const newest = records.filter(record => {
    const other = dataOf(record).find(([name, hash]) => latest.get(name)?.hash !== hash)?.[0];
    if (other !== undefined) counts.set(other, (counts.get(other) ?? 0) + 1);
    return other === undefined;
  });
  const notes = [...counts].map(
    ([name, count]) =>
      `Left out: ${count} run${count === 1 ? '' : 's'} on other images of ${printable(name)} than its last run had.`,
  );
  return newest.length === 0 ? { newest: records, notes: [] } : { newest, notes };
}

const dataOf = ({ config: { task, data, tests = {} } }: RunRecord): [name: string, hash: string][] => [
  [task, data],
  ...Object.entries(tests),
];

/**
 * What the records of a table have in common: `pictograms, base-to-new, 16 shots, seed 1`, or `paper, cross-dataset
 * from imagenet, …`.
 *
 * @example
 * ```ts
 * import { readRecords, tableTitle } from '@dgprompt/bench';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
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
