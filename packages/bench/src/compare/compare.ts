import { methodTitle } from '../methods/title.js';
import { canonicalJson } from '../records/config.js';
import { comparableOnAnyData, methodsOf, tableTitle, testsOf } from '../records/distinguish.js';
import type { RunRecord } from '../records/record.js';
import { type Comparison, pairedDifferences } from './differences.js';

/** A method compared with others, see `compareWithAll`. */
export interface ComparisonList {
  title: string;
  comparisons: Comparison[];
}

/**
 * Compares two methods in the same records, paired over task and seed: one comparison for each protocol, suite, number
 * of shots and CLIP.
 *
 * @param a a method by its name in tables, `coop` or `coop (epochs 2)`
 * @returns an empty list if nothing can be paired
 *
 * @example
 * ```ts
 * import { comparable, readRecords } from '@dgprompt/bench';
 * import { compareMethods } from '@dgprompt/bench/compare';
 *
 * const { records } = await readRecords('docs/results/records'); // of this repository
 * const ours = records.filter(({ config }) => config.protocol === 'base-to-new');
 * const [own] = compareMethods(ours, 'clip', 'dgprompt');
 * console.log(own!.differences.H!.mean.toFixed(1)); // …
 * ```
 */
export function compareMethods(records: readonly RunRecord[], a: string, b: string): Comparison[] {
  return comparableOnAnyData(records).flatMap(group => between(group.records, a, b) ?? []);
}

/**
 * Compares a method with every other one, each on the tasks and seeds that both have: one list for each protocol,
 * suite, number of shots and CLIP that the method ran in.
 *
 * @param a a method as named in tables, `clip` or `coop (epochs 2)`
 * @returns in each list, the largest difference in the main column first
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { compareWithAll } from '@dgprompt/bench/compare';
 *
 * const { records } = await readRecords('docs/results/records'); // of this repository
 * const [first] = compareWithAll(records, 'clip');
 * console.log(first!.comparisons[0]!.b, first!.comparisons.length > 20); // … true
 * ```
 */
export function compareWithAll(records: readonly RunRecord[], a: string): ComparisonList[] {
  return comparableOnAnyData(records).flatMap(({ title, records: group }) => {
    const others = methodsOf(group).filter(method => method !== a);
    const comparisons = others.flatMap(b => between(group, a, b) ?? []);
    const inMain = ({ differences, main }: Comparison) => differences[main]?.mean ?? Number.NEGATIVE_INFINITY;
    return comparisons.length > 0 ? [{ title, comparisons: comparisons.sort((x, y) => inMain(y) - inMain(x)) }] : [];
  });
}

/**
 * Compares the runs in two folders, each method with itself, paired over task and seed, for every protocol, suite and
 * number of shots. The CLIPs may differ.
 *
 * @returns an empty list if nothing can be paired
 * @throws one sentence if a folder has such runs with several CLIPs and none matches the other folder's
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { compareFolders } from '@dgprompt/bench/compare';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * const same = compareFolders({ name: 'before', records }, { name: 'after', records });
 * console.log(same.every(({ differences }) => Object.values(differences).every(({ mean }) => mean === 0))); // true
 * ```
 */
export function compareFolders(
  a: { name: string; records: readonly RunRecord[] },
  b: { name: string; records: readonly RunRecord[] },
): Comparison[] {
  const [groupsA, groupsB] = [comparableOnAnyData(a.records), comparableOnAnyData(b.records)];
  return groupsA.flatMap(({ records }) => {
    const like = groupsB.filter(other => kindOf(other.records) === kindOf(records));
    const ofModel = like.filter(other => modelOf(other.records) === modelOf(records));
    const others = withSameTests(records, ofModel.length > 0 ? ofModel : like);
    if (others.length > 1)
      throw new Error(`${b.name} holds ${tableTitle(records)} for several CLIPs, and ${a.name} for none of these.`);
    return methodsOf(records).flatMap(method => {
      const names = { a: a.name, b: b.name, method: methodTitle(method) };
      return pairedDifferences(runsOf(method, records), runsOf(method, others[0]?.records ?? []), names) ?? [];
    });
  });
}

/** Two methods of one table. */
const between = (records: readonly RunRecord[], a: string, b: string): Comparison | undefined =>
  pairedDifferences(runsOf(a, records), runsOf(b, records), { a: methodTitle(a), b: methodTitle(b) });

const runsOf = (method: string, records: readonly RunRecord[]): RunRecord[] =>
  records.filter(({ config }) => config.method === method);

function kindOf(records: readonly RunRecord[]): string {
  const { config, tests } = records[0]!;
  const { protocol, suite, shots } = config;
  return canonicalJson([protocol, suite, protocol === 'few-shot' ? null : shots, Object.keys(tests).length]);
}

/** Of several tables, those with a run that has the same source and tests as one of these records. */
function withSameTests<T extends { records: RunRecord[] }>(records: readonly RunRecord[], tables: readonly T[]): T[] {
  if (tables.length < 2) return [...tables];
  const placeOf = (record: RunRecord) => `${record.config.task} ${testsOf(record)}`;
  const places = new Set(records.map(placeOf));
  return tables.filter(table => table.records.some(record => places.has(placeOf(record))));
}

const modelOf = (records: readonly RunRecord[]): string => records[0]!.config.model;
