import {
  accuraciesOf,
  type Explanation,
  type Interval,
  type Outcomes,
  pairedInterval,
} from '@dgprompt/methods/evaluation';
import { bare, own } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import { bootstrapInterval } from '../tables/bootstrap.js';
import { measuresOf } from '../tables/measures.js';
import { mean } from '../tables/spread.js';
import type { Measures, Values } from '../tables/values.js';
import type { RunExplanation } from './explain-run.js';

/** A run with its explanation. */
export interface ExplainedRun {
  record: RunRecord;
  explanation: RunExplanation;
}

/** One method's controls over its runs. */
export interface ExplainedMethod {
  method: string;
  /** Columns of its tables, such as base, new and H. */
  columns: string[];
  main: string;
  tasks: string[];
  runs: number;
  /** The method's own numbers by column, in percent; every task has the same weight. */
  right: Record<string, number>;
  controls: ExplainedControl[];
}

export interface ExplainedControl {
  control: string;
  /** By column, without columns that the control does not have. */
  cells: Record<string, ControlCell>;
}

export interface ControlCell {
  /** In percent. */
  value: number;
  /** Difference from the method's own value, in percentage points: the mean over tasks and seeds. */
  difference: number;
  /** 95 % interval of the difference: over the images of a single run, or over tasks and their seeds. */
  interval?: Interval;
  /** In no run does the control change anything in this column. */
  unused?: true;
}

/**
 * The controls of a method over its runs, in the columns of its tables. The interval is bootstrapped over images for a
 * single run (`pairedInterval`), else over tasks and their seeds (`bootstrapInterval`).
 *
 * @param runs of one method in one table
 * @returns undefined for a method without conditioning
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { explainedMethod } from '@dgprompt/bench/explain';
 *
 * const [record] = (await readRecords('docs/results/searched')).records; // of this repository
 * const outcomes = { both: 60, lost: 20, gained: 5, neither: 15 };
 * const interval = { low: -25, high: -5 };
 * const control = { control: 'no shift', top1: 65, difference: -15, changed: 30, interval, outcomes };
 * const test = { method: 'clip:memory', top1: 80, correct: 80, images: 100, controls: [control] };
 * const tests = Object.fromEntries(Object.keys(record!.tests).map(name => [name, test]));
 * const explanation = { format: 1, prompts: '', pillow: 12, tests } as const;
 * const explained = explainedMethod([{ record: record!, explanation }]);
 * console.log(explained!.controls[0]!.control, explained!.columns.length > 0); // no shift true
 * ```
 */
export function explainedMethod(runs: readonly ExplainedRun[]): ExplainedMethod | undefined {
  const explained = runs.filter(({ explanation }) => Object.keys(explanation.tests).length > 0);
  const [first] = explained;
  if (!first) return undefined;
  const measures = measuresOf(explained.map(({ record }) => record));
  const titles = [...new Set(explained.flatMap(({ explanation }) => testsOf(explanation)).flatMap(titlesOf))];
  const rights = explained.map(run => ({
    task: run.record.config.task,
    values: valuesOf(measures, run, ({ top1 }) => top1),
  }));
  return {
    method: first.record.config.method,
    columns: measures.columns,
    main: measures.main,
    tasks: [...new Set(rights.map(({ task }) => task))],
    runs: explained.length,
    right: bare(
      measures.columns.flatMap(column => {
        const value = overTasks(rights.map(({ task, values }) => ({ task, value: own(values, column) })));
        return value === undefined ? [] : [[column, value] as const];
      }),
    ),
    controls: titles.map(control => ({ control, cells: cellsOf(measures, explained, control) })),
  };
}

const testsOf = ({ tests }: RunExplanation): Explanation[] => Object.values(tests);
const titlesOf = ({ controls }: Explanation): string[] => controls.map(({ control }) => control);
const controlOf = (explanation: Explanation, title: string) =>
  explanation.controls.find(({ control }) => control === title);

/** The column values of a run with replaced test accuracies. */
function valuesOf(
  measures: Measures,
  { record, explanation }: ExplainedRun,
  top1: (test: Explanation, name: string) => number | undefined,
): Values {
  const tests = Object.entries(record.tests).map(([name, test]) => {
    const explained = own(explanation.tests, name);
    const value = explained && top1(explained, name);
    return [name, test && value !== undefined ? { ...test, top1: value } : null] as const;
  });
  return measures.of({ ...record, tests: bare(tests) });
}

function cellsOf(measures: Measures, runs: readonly ExplainedRun[], title: string): Record<string, ControlCell> {
  const pairs = runs.map(run => ({
    run,
    task: run.record.config.task,
    right: valuesOf(measures, run, ({ top1 }) => top1),
    changed: valuesOf(measures, run, test => controlOf(test, title)?.top1),
  }));
  return bare(
    measures.columns.flatMap(column => {
      const both = pairs.flatMap(({ right, changed, ...of }) => {
        const [a, b] = [own(right, column), own(changed, column)];
        return typeof a === 'number' && typeof b === 'number' ? [{ ...of, value: b, difference: b - a }] : [];
      });
      if (both.length === 0) return [];
      const tasks = [...new Set(both.map(({ task }) => task))];
      const byTask = tasks.map(task => both.filter(one => one.task === task).map(one => one.difference));
      const isUnused = both.every(({ run }) => isUnusedIn(measures, run, title, column));
      const intervalOf = () =>
        both.length > 1 ? bootstrapInterval(byTask) : imageInterval(measures, both[0]!.run, title, column);
      const interval = isUnused ? undefined : intervalOf();
      const cell: ControlCell = {
        value: overTasks(both)!,
        difference: overTasks(both.map(({ task, difference }) => ({ task, value: difference })))!,
        ...(interval && { interval }),
        ...(isUnused && { unused: true }),
      };
      return [[column, cell] as const];
    }),
  );
}

/** Whether the control changes none of the tests of a column. */
function isUnusedIn(measures: Measures, run: ExplainedRun, title: string, column: string): boolean {
  const values = valuesOf(measures, run, test => (controlOf(test, title)?.unused ? test.top1 : Number.NaN));
  return !Number.isNaN(own(values, column) ?? Number.NaN);
}

/** The interval over the images of each test of one run. */
function imageInterval(measures: Measures, run: ExplainedRun, title: string, column: string): Interval | undefined {
  const tests = Object.entries(run.explanation.tests).flatMap(([name, test]) => {
    const control = controlOf(test, title);
    return control ? [{ name, outcomes: control.outcomes }] : [];
  });
  const measure = (drawn: Outcomes[]) => {
    const at = (name: string) => accuraciesOf(drawn[tests.findIndex(one => one.name === name)]!);
    const known = (name: string) => tests.some(one => one.name === name);
    const value = (of: 'right' | 'top1') =>
      own(
        valuesOf(measures, run, (_, name) => (known(name) ? at(name)[of] : undefined)),
        column,
      );
    const [right, changed] = [value('right'), value('top1')];
    return typeof right === 'number' && typeof changed === 'number' ? changed - right : Number.NaN;
  };
  const interval = pairedInterval(
    tests.map(({ outcomes }) => outcomes),
    measure,
  );
  return Number.isNaN(interval.low) || Number.isNaN(interval.high) ? undefined : interval;
}

/** The mean with the same weight for every task; undefined without values. */
function overTasks(values: readonly { task: string; value: number | null | undefined }[]): number | undefined {
  const numbers = values.flatMap(({ task, value }) => (typeof value === 'number' ? [{ task, value }] : []));
  if (numbers.length === 0) return undefined;
  const tasks = [...new Set(numbers.map(({ task }) => task))];
  return mean(tasks.map(task => mean(numbers.filter(one => one.task === task).map(({ value }) => value))));
}
