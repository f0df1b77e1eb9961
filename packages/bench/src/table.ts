import type { RunRecord } from './record.js';

/** Base, new and harmonic mean, in percent. */
export interface Score {
  base: number;
  /** NaN, as H is, for a method that cannot take new classes. */
  new: number;
  /** Harmonic mean of `base` and `new`. */
  H: number;
}

/** Mean over seeds, with the sample standard deviation where there are two seeds or more. */
export interface Cell extends Score {
  deviation?: Score;
}

/** Methods against tasks, as the base-to-new tables of the papers. */
export interface Table {
  methods: string[];
  seeds: number[];
  /** A method without a run on a task has no cell there. */
  tasks: { name: string; cells: Record<string, Cell> }[];
  /** Over the tasks in `overallTasks`: mean of base, mean of new, and H of those two means. */
  overall: Record<string, Cell>;
  /** The tasks on which every method has every seed; only they count for `overall`, so that it compares like with like. */
  overallTasks: string[];
}

/** 2·b·n / (b + n), and 0 if both are 0. */
export function harmonicMean(base: number, fresh: number): number {
  return base + fresh === 0 ? 0 : (2 * base * fresh) / (base + fresh);
}

/**
 * The table of a set of runs. Methods and tasks stand in the order of their first record.
 *
 * Accuracies are averaged over seeds, then over tasks; the overall H is the harmonic mean of the averages, which is how
 * the papers' overall numbers are made (CLIP's 69.34 and 74.22 give 71.70), not the average of the H.
 *
 * @param records runs of one protocol, suite and number of shots; of runs that differ in neither task, method nor seed the last counts
 */
export function makeTable(records: readonly RunRecord[]): Table {
  const methods = [...new Set(records.map(({ config }) => config.method))];
  const taskNames = [...new Set(records.map(({ config }) => config.task))];
  const seeds = [...new Set(records.map(({ config }) => config.seed))].sort((a, b) => a - b);
  const runs = new Map(
    records.map(record => [key(record.config.task, record.config.method, record.config.seed), record]),
  );

  const score = (task: string, method: string, seed: number): Score | undefined => {
    const tests = runs.get(key(task, method, seed))?.tests;
    return tests?.base ? scoreOf(tests.base.top1, tests.new?.top1 ?? Number.NaN) : undefined;
  };

  const tasks = taskNames.map(name => {
    const cells = methods.flatMap(method => {
      const scores = seeds.map(seed => score(name, method, seed)).filter(one => one !== undefined);
      return scores.length > 0 ? [[method, overSeeds(scores)] as const] : [];
    });
    return { name, cells: Object.fromEntries(cells) };
  });

  const overallTasks = taskNames.filter(task =>
    methods.every(method => seeds.every(seed => score(task, method, seed))),
  );
  const overall = methods.map(method => {
    const perSeed = seeds.map(seed => average(overallTasks.map(task => score(task, method, seed)!)));
    return [method, overSeeds(perSeed)] as const;
  });
  return { methods, seeds, tasks, overall: overallTasks.length > 0 ? Object.fromEntries(overall) : {}, overallTasks };
}

const key = (...parts: (string | number)[]): string => JSON.stringify(parts);

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const scoreOf = (base: number, fresh: number): Score => ({ base, new: fresh, H: harmonicMean(base, fresh) });

/** H of the means. */
const average = (scores: Score[]): Score => scoreOf(mean(scores.map(s => s.base)), mean(scores.map(s => s.new)));

function overSeeds(scores: Score[]): Cell {
  if (scores.length < 2) return average(scores);
  const deviation = (of: keyof Score) => {
    const values = scores.map(one => one[of]);
    const center = mean(values);
    return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
  };
  return { ...average(scores), deviation: { base: deviation('base'), new: deviation('new'), H: deviation('H') } };
}
