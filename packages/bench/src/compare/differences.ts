import { canonicalJson, type RunConfig } from '../records/config.js';
import { tableTitle } from '../records/distinguish.js';
import { bare, own } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { bootstrapInterval } from '../tables/bootstrap.js';
import { measuresOf } from '../tables/measures.js';
import { mean } from '../tables/spread.js';
import type { Measures, Values } from '../tables/values.js';
import { type UnlikeSetting, unlikeSettings } from './unlike.js';

/** The difference between A and B in one column, in percentage points. */
export interface Difference {
  /** Means over the pairs; every task has the same weight, regardless of its number of seeds. */
  a: number;
  b: number;
  /** B − A. */
  mean: number;
  /** Bounds of the 95 % bootstrap interval of `mean`, see `bootstrapInterval`; omitted for a single pair. */
  low?: number;
  high?: number;
  pairs: number;
  /** Pairs in which B is higher, equal to a tenth of a point, or lower. */
  wins: number;
  ties: number;
  losses: number;
}

/** Two methods, or one method in two folders, on the same tasks and seeds. */
export interface Comparison {
  title: string;
  a: string;
  b: string;
  /** The main column. */
  main: string;
  tasks: string[];
  seeds: number[];
  /** By column of `Table`, without columns that have no pair. */
  differences: Record<string, Difference>;
  /** Number of pairs left out because their task's data differ between the two sides. */
  otherData: number;
  /** Settings outside of methods and recipes that differ within pairs; omitted if there are none. */
  unlike?: UnlikeSetting[];
}

/**
 * The runs of A and B, paired over task, seed and data.
 *
 * @param names what to call both sides; `method` if both are the same one
 * @returns undefined if nothing can be paired
 */
export function pairedDifferences(
  a: readonly RunRecord[],
  b: readonly RunRecord[],
  { method, ...names }: { a: string; b: string; method?: string },
): Comparison | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const both = [...a, ...b];
  const measures = measuresOf(both);
  const [placesA, placesB] = [placesOf(a, measures), placesOf(b, measures)];
  const shared = new Map<string, { a: Place; b: Place }>(); // the last one if a task's data has several states
  for (const [key, place] of placesA) {
    const other = placesB.get(key);
    if (other) shared.set(placeOf(place), { a: place, b: other });
  }
  const pairs = [...shared.values()];
  const inBoth = new Set([...placesB.values()].map(placeOf));
  const otherData = new Set([...placesA.values()].map(placeOf).filter(at => inBoth.has(at) && !shared.has(at))).size;
  const differences = measures.columns.flatMap(column => {
    const difference = differenceIn(column, pairs);
    return difference ? [[column, difference] as const] : [];
  });
  if (differences.length === 0) return undefined;
  const unlike = unlikeSettings(pairs.map(pair => ({ a: pair.a.config, b: pair.b.config })));
  const used = both.filter(({ config }) =>
    pairs.some(pair => pair.a.task === config.task && pair.a.seed === config.seed),
  );
  return {
    title: method === undefined ? tableTitle(used) : `${method}: ${tableTitle(used)}`,
    ...{ ...names, main: measures.main, tasks: distinct(pairs.map(pair => pair.a.task)) },
    seeds: distinct(pairs.map(pair => pair.a.seed)).sort((x, y) => x - y),
    differences: bare(differences),
    otherData,
    ...(unlike.length > 0 && { unlike }),
  };
}

/** One method's runs on one task with one seed. */
interface Place {
  task: string;
  seed: number;
  values: Values;
  config: RunConfig;
}

const placeOf = ({ task, seed }: Place): string => canonicalJson([task, seed]);

/** By task, seed and the data's fingerprints. */
function placesOf(records: readonly RunRecord[], measures: Measures): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const record of records) {
    const { task, seed, data, tests = {} } = record.config;
    const of = canonicalJson([data, tests]);
    const at = canonicalJson([task, seed, of]);
    const values: Values = bare(Object.entries({ ...places.get(at)?.values, ...measures.of(record) }));
    places.set(at, { task, seed, values, config: record.config });
  }
  return places;
}

function differenceIn(column: string, pairs: readonly { a: Place; b: Place }[]): Difference | undefined {
  const numbers = pairs.flatMap(({ a, b }) => {
    const [one, other] = [own(a.values, column), own(b.values, column)];
    return typeof one === 'number' && typeof other === 'number' ? [{ task: a.task, a: one, b: other }] : [];
  });
  if (numbers.length === 0) return undefined;
  const byTask = distinct(numbers.map(({ task }) => task)).map(task => numbers.filter(one => one.task === task));
  const overTasks = (of: (one: (typeof numbers)[number]) => number) => mean(byTask.map(own => mean(own.map(of))));
  const steps = numbers.map(one => Math.round((one.b - one.a) * 10));
  return {
    ...{ a: overTasks(one => one.a), b: overTasks(one => one.b), mean: overTasks(one => one.b - one.a) },
    ...bootstrapInterval(byTask.map(own => own.map(one => one.b - one.a))),
    pairs: numbers.length,
    wins: steps.filter(step => step > 0).length,
    ties: steps.filter(step => step === 0).length,
    losses: steps.filter(step => step < 0).length,
  };
}

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
