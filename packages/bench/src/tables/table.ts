import type { RunRecord } from '../records/record.js';
import { measuresOf } from './measures.js';
import { publishedFor } from './papers/published.js';
import { standardDeviation } from './spread.js';
import type { Measures, Values } from './values.js';

export { harmonicMean } from './harmonic-mean.js';

/** Base, new and harmonic mean, in percent. */
export interface Score {
  base: number;
  /** NaN, as H is, for a method that cannot take new classes. */
  new: number;
  /** Harmonic mean of `base` and `new`. */
  H: number;
}

/** A number over seeds, in percent. */
export interface Cell {
  mean: number;
  /** Sample standard deviation, where there are two seeds or more. */
  deviation?: number;
  /** How many seeds it is the mean of. */
  seeds: number;
}

/** By column; a column without a run is left out, and null is what cannot be tested, as what was learned belongs to other classes. */
export type Cells = Record<string, Cell | null>;

/** One task, the source of a transfer, or the average. */
export interface TableGroup {
  name: string;
  /** By method; one without a run here is left out. */
  cells: Record<string, Cells>;
  /** What the methods' papers have here, by method and column. */
  papers?: Record<string, Record<string, number>>;
}

/** Methods against what was measured, on each task and on average: the tables of the papers, whatever the protocol. */
export interface Table {
  protocol: string;
  /** What a task is here: it is also tested, or it is the source that was learned from, with tests elsewhere. */
  rows: 'task' | 'source';
  columns: string[];
  /** The column that ranks the methods. */
  main: string;
  methods: string[];
  seeds: number[];
  /** SHA-256 of the CLIPs of the runs. */
  models: string[];
  tasks: TableGroup[];
  /** Over the tasks in `overallTasks`; left out where that would be none, or a single source. */
  overall?: TableGroup;
  /**
   * The tasks on which every method has every seed; only they count for `overall`, so that it compares like with like. A method that has fewer
   * than half of the tasks so far is left out of it, rather than that it takes them from the others.
   */
  overallTasks: string[];
}

/**
 * The table of a set of runs. Methods and tasks stand in the order of their first record. Accuracies are averaged over seeds; the overall
 * numbers over tasks first, then over seeds. An H is always the harmonic mean of averages, which is how the papers' overall numbers are made
 * (CLIP's 69.34 and 74.22 give 71.70), not the average of the H.
 *
 * @param records runs of one protocol and suite; of runs that differ in neither task, method, shots nor seed the last counts
 */
export function makeTable(records: readonly RunRecord[]): Table {
  const measures = measuresOf(records);
  const methods = distinct(records.map(({ config }) => config.method));
  const taskNames = distinct(records.map(measures.task));
  const seeds = distinct(records.map(({ config }) => config.seed)).sort((a, b) => a - b);
  const runs = new Map<string, Values>();
  for (const record of records) {
    const at = key(measures.task(record), record.config.method, record.config.seed);
    runs.set(at, { ...runs.get(at), ...measures.of(record) });
  }
  const valuesOf = (task: string, method: string, seed: number): Values => runs.get(key(task, method, seed)) ?? {};

  const cellsOf = (perSeed: (method: string, seed: number) => Values): Record<string, Cells> => {
    const cells = methods.map(method => {
      const values = seeds.map(seed => perSeed(method, seed)).filter(one => Object.keys(one).length > 0);
      return [method, overSeeds(values, measures)] as const;
    });
    return Object.fromEntries(cells.filter(([, own]) => Object.keys(own).length > 0));
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
    ...{ methods, seeds, models: distinct(records.map(({ config }) => config.model)), tasks, overallTasks },
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
    const numbers = values.map(one => one[column]).filter(value => typeof value === 'number');
    const deviation = numbers.length < 2 ? {} : { deviation: standardDeviation(numbers) };
    return [column, { mean, ...deviation, seeds: numbers.length }] as const;
  });
  return Object.fromEntries(cells);
}

/** The table with the papers' figures, where there are runs beside them. */
function withPapers(table: Table, records: readonly RunRecord[]): Table {
  const published = records[0] && publishedFor(records[0].config);
  if (!published) return table;
  const beside = (group: TableGroup, figure: (method: string, column: string) => number | undefined): TableGroup => {
    const papers = Object.keys(group.cells).flatMap(method => {
      const figures = table.columns.flatMap(column => {
        const value = figure(method, column);
        return value === undefined ? [] : [[column, value] as const];
      });
      return figures.length === 0 ? [] : [[method, Object.fromEntries(figures)] as const];
    });
    return papers.length === 0 ? group : { ...group, papers: Object.fromEntries(papers) };
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
