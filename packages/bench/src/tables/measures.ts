import { bare } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { harmonicMean } from './harmonic-mean.js';
import { transferMeasures } from './transfer-measures.js';
import { averageByColumn, type Measures, type Values } from './values.js';

/** What the records' tests measure: base and new classes, one source and its targets, or all classes. */
export function measuresOf(records: readonly RunRecord[]): Measures {
  const [first] = records;
  if (!first || ('base' in first.tests && 'new' in first.tests)) return splitMeasures;
  if (Object.hasOwn(first.tests, first.config.task)) return transferMeasures(records);
  return first.config.shots === 0 ? testMeasures(records) : shotMeasures(records);
}

/** Base-to-new. */
const splitMeasures: Measures = {
  rows: 'task',
  columns: ['base', 'new', 'H'],
  main: 'H',
  task: ({ config }) => config.task,
  of: ({ tests }) => withH({ base: tests.base?.top1 ?? null, new: tests.new?.top1 ?? null }),
  average: values => withH(averageByColumn(values)),
};

function withH(values: Values): Values {
  const { base, new: fresh } = values;
  if (base === undefined || fresh === undefined) return {};
  return { base, new: fresh, H: base === null || fresh === null ? null : harmonicMean(base, fresh) };
}

/** Few-shot: one column per number of shots. */
function shotMeasures(records: readonly RunRecord[]): Measures {
  const shots = [...new Set(records.map(({ config }) => config.shots))].sort((a, b) => a - b);
  return {
    rows: 'task',
    columns: shots.map(shotsColumn),
    main: shotsColumn(shots.at(-1)!),
    task: ({ config }) => config.task,
    of: ({ config, tests }) => ({ [shotsColumn(config.shots)]: Object.values(tests)[0]?.top1 ?? null }),
    average: averageByColumn,
  };
}

const shotsColumn = (shots: number): string => `${shots} shot${shots === 1 ? '' : 's'}`;

/** Other tests, such as all classes without training. */
function testMeasures(records: readonly RunRecord[]): Measures {
  const names = [...new Set(records.flatMap(({ tests }) => Object.keys(tests)))];
  const columnOf = (name: string) => (name === 'all' ? 'top-1' : name);
  return {
    rows: 'task',
    columns: names.map(columnOf),
    main: columnOf(names[0]!),
    task: ({ config }) => config.task,
    of: ({ tests }) => bare(Object.entries(tests).map(([name, test]) => [columnOf(name), test?.top1 ?? null] as const)),
    average: averageByColumn,
  };
}
