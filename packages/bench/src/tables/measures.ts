import { bare } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { harmonicMean } from './harmonic-mean.js';
import { transferMeasures } from './transfer-measures.js';
import { averageByColumn, type Measures, type Values } from './values.js';

/** What the records' tests measure: base and new classes, one source and its targets, or all classes. */
export function measuresOf(records: readonly RunRecord[]): Measures {
  const [first] = records;
  if (!first || isSplit(first)) return splitMeasures;
  if (Object.hasOwn(first.tests, first.config.task)) return transferMeasures(records);
  const hasSeveral = records.some(({ tests }) => Object.keys(tests).length > 1);
  return first.config.shots === 0 || hasSeveral ? testMeasures(records) : shotMeasures(records);
}

/** Whether the tests are base and new classes of a task, and not tasks of these names. */
const isSplit = ({ config: { protocol, task }, tests }: RunRecord): boolean =>
  protocol === 'base-to-new' || ('base' in tests && 'new' in tests && !Object.hasOwn(tests, task));

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

/** Other tests, such as all classes without training: one column per test and, if several, number of shots. */
function testMeasures(records: readonly RunRecord[]): Measures {
  const severalShots = new Set(records.map(({ config }) => config.shots)).size > 1;
  const columnOf = (name: string, { config }: RunRecord) =>
    `${name === 'all' ? 'top-1' : name}${severalShots ? `, ${shotsColumn(config.shots)}` : ''}`;
  const columns = [
    ...new Set(records.flatMap(record => Object.keys(record.tests).map(name => columnOf(name, record)))),
  ];
  return {
    rows: 'task',
    columns,
    main: columns[0]!,
    task: ({ config }) => config.task,
    of: record =>
      bare(Object.entries(record.tests).map(([name, test]) => [columnOf(name, record), test?.top1 ?? null] as const)),
    average: averageByColumn,
  };
}
