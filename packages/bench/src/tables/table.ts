import { viewsIn } from '../methods/name-views.js';
import { bare, own } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { namedByViews } from '../records/views.js';
import { measuresOf } from './measures.js';
import { publishedFor } from './papers/published.js';
import { standardDeviation } from './spread.js';
import type { Measures, Values } from './values.js';

export { harmonicMean } from './harmonic-mean.js';

/** A number over seeds, in percent. */
export interface Cell {
  mean: number;
  /** Sample standard deviation, if there are at least two seeds. */
  deviation?: number;
  /** Number of seeds. */
  seeds: number;
}

/** By column. Columns without a run are omitted; null marks tests that a class-specific method cannot take. */
export type Cells = Record<string, Cell | null>;

/** One task, the source of a transfer, or the average. */
export interface TableGroup {
  name: string;
  /** By method; methods without a run are omitted. */
  cells: Record<string, Cells>;
  /** The papers' figures, by method and column. */
  papers?: Record<string, Record<string, number>>;
}

/** The papers' kind of table: methods × measures, per task and on average, for any protocol. */
export interface Table {
  protocol: string;
  /** What a row is: a task, or the source of training if tests are on other datasets. */
  rows: 'task' | 'source';
  columns: string[];
  /** The column that ranks the methods. */
  main: string;
  methods: string[];
  /** Views of each test image, by method; omitted if all methods have one. */
  views?: Record<string, number>;
  seeds: number[];
  /** SHA-256 of the runs' CLIPs. */
  models: string[];
  tasks: TableGroup[];
  /** Over the tasks in `overallTasks`; omitted if there are none, or for a single source. */
  overall?: TableGroup;
  /**
   * The tasks on which every method has every seed; only they count towards `overall`, so that it compares like with
   * like. A method with fewer than half of the tasks so far is excluded from it, instead of removing tasks from the
   * others.
   */
  overallTasks: string[];
}

/**
 * The table of a set of runs. Methods and tasks are in the order of their first record. Accuracies are averaged over
 * seeds; overall numbers first over tasks, then over seeds. H is always the harmonic mean of averages, as in the papers
 * (CLIP's 69.34 and 74.22 give 71.70), not the average of H.
 *
 * @param given runs of one protocol and suite; of runs with equal task, method, views, shots and seed, the last one
 *   counts. Runs with several views have their own rows, `clip, 5 views`
 *
 * @example
 * ```ts
 * import { makeTable, readRecords } from '@dgprompt/bench';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * const { columns, overall } = makeTable(records);
 * console.log(columns, overall!.cells.dgprompt!.H!.mean.toFixed(1)); // [ 'base', 'new', 'H' ] 58.2
 * ```
 */
export function makeTable(given: readonly RunRecord[]): Table {
  const records = namedByViews(given);
  const measures = measuresOf(records);
  const methods = distinct(records.map(({ config }) => config.method));
  const taskNames = distinct(records.map(measures.task));
  const seeds = distinct(records.map(({ config }) => config.seed)).sort((a, b) => a - b);
  const runs = new Map<string, Values>();
  for (const record of records) {
    const at = key(measures.task(record), record.config.method, record.config.seed);
    runs.set(at, bare(Object.entries({ ...runs.get(at), ...measures.of(record) })));
  }
  const valuesOf = (task: string, method: string, seed: number): Values => runs.get(key(task, method, seed)) ?? bare();

  const cellsOf = (perSeed: (method: string, seed: number) => Values): Record<string, Cells> => {
    const cells = methods.map(method => {
      const values = seeds.map(seed => perSeed(method, seed)).filter(one => Object.keys(one).length > 0);
      return [method, overSeeds(values, measures)] as const;
    });
    return bare(cells.filter(([, own]) => Object.keys(own).length > 0));
  };

  const tasks: TableGroup[] = taskNames.map(name => ({
    name,
    cells: cellsOf((method, seed) => valuesOf(name, method, seed)),
  }));
  const columnsOf = (method: string) => distinct(tasks.flatMap(({ cells }) => Object.keys(cells[method] ?? {})));
  const isComplete = (task: string, method: string) =>
    columnsOf(method).every(column => seeds.every(seed => valuesOf(task, method, seed)[column] !== undefined));
  const completeTasks = (method: string) => taskNames.filter(task => isComplete(task, method));
  const counted = methods.filter(method => completeTasks(method).length * 2 >= taskNames.length);
  const overallTasks = taskNames.filter(
    task => counted.length > 0 && counted.every(method => isComplete(task, method)),
  );
  const table: Table = {
    ...{
      protocol: records[0]?.config.protocol ?? '',
      rows: measures.rows,
      columns: measures.columns,
      main: measures.main,
    },
    methods,
    ...(methods.some(method => viewsIn(method) > 1) && {
      views: bare(methods.map(method => [method, viewsIn(method)] as const)),
    }),
    ...{ seeds, models: distinct(records.map(({ config }) => config.model)), tasks, overallTasks },
  };
  if (overallTasks.length > 0 && (measures.rows === 'task' || taskNames.length > 1)) {
    const perSeed = (method: string, seed: number) =>
      counted.includes(method) ? measures.average(overallTasks.map(task => valuesOf(task, method, seed))) : {};
    table.overall = { name: averageName(table), cells: cellsOf(perSeed) };
  }
  return withPapers(table, records);
}

function averageName({ tasks, overallTasks, rows }: Table): string {
  if (overallTasks.length === tasks.length) return 'average';
  return `average of ${overallTasks.length} ${rows}${overallTasks.length === 1 ? '' : 's'}`;
}

function overSeeds(values: readonly Values[], measures: Measures): Cells {
  const means = measures.average(values);
  const cells = Object.entries(means).map(([column, mean]) => {
    if (mean === null) return [column, null] as const;
    const numbers = values.map(one => own(one, column)).filter(value => typeof value === 'number');
    const deviation = numbers.length < 2 ? {} : { deviation: standardDeviation(numbers) };
    return [column, { mean, ...deviation, seeds: numbers.length }] as const;
  });
  return bare<Cell | null>(cells);
}

/** Adds the papers' figures for methods and tasks that have runs. */
function withPapers(table: Table, records: readonly RunRecord[]): Table {
  const published = records[0] && publishedFor(records[0].config);
  if (!published) return table;
  const beside = (group: TableGroup, figure: (method: string, column: string) => number | undefined): TableGroup => {
    const papers = Object.keys(group.cells).flatMap(method => {
      const figures = table.columns.flatMap(column => {
        const value = figure(method, column);
        return value === undefined ? [] : [[column, value] as const];
      });
      return figures.length === 0 ? [] : [[method, bare(figures)] as const];
    });
    return papers.length === 0 ? group : { ...group, papers: bare(papers) };
  };
  const { tasks, overall, overallTasks, columns } = table;
  return {
    ...table,
    tasks: tasks.map(task => beside(task, (method, column) => published.figure(method, task.name, column, columns))),
    ...(overall && { overall: beside(overall, (method, column) => published.average(method, column, overallTasks)) }),
  };
}

const key = (...parts: (string | number)[]): string => JSON.stringify(parts);

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
