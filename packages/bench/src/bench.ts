import pc from 'picocolors';
import { duration } from './duration.js';
import { methodTitle } from './method-title.js';
import type { Outcome } from './perform-run.js';
import { type FailedRun, type Planned, type PlanOptions, planRuns } from './plan-runs.js';
import { findRecord, type RunRecord } from './record.js';
import { silent } from './reporter.js';
import { runHere } from './run-here.js';
import { runProgress } from './run-progress.js';
import { harmonicMean } from './table.js';

/** What to compare, and how. */
export interface BenchOptions extends PlanOptions {
  /** Folder of the records. */
  results: string;
  /** Do runs again that failed before. */
  retryFailed?: boolean;
  /** Folder in which decoded test images are kept. */
  cache?: string;
  /** Who does the runs. Default: this process, one after another. */
  runner?: Runner;
}

/** Does runs, in any order and as many at a time as it likes, and tells what becomes of each. */
export type Runner = (runs: readonly Planned[], told: RunnerEvents, options: BenchOptions) => Promise<void>;

export interface RunnerEvents {
  progress(run: Planned, progress: { fraction: number; doing: string }): void;
  ended(run: Planned, outcome: Exclude<Outcome, { owner: unknown }>): void;
  /** Runs that are someone else's now, who does them after this call has ended. */
  handedOver(runs: readonly Planned[], to: string): void;
  /** Runs that other processes are doing, which this one waits for. */
  elsewhere(runs: readonly Planned[], where: string): void;
}

/** What became of the runs. */
export interface BenchResult {
  /** Of all planned runs that are finished, now or earlier, by task, then shots, seed and method. */
  records: RunRecord[];
  /** How many of `records` were there before. */
  found: number;
  failed: FailedRun[];
  /** How many runs were handed over, and are done later. */
  handedOver: number;
  /** The signal came before the end. */
  stopped: boolean;
}

/**
 * Does every run of a protocol, and leaves a folder with the record of each as it ends.
 *
 * Runs whose record is there already are not done again, and runs that failed before only with `retryFailed`. A run that fails is reported and
 * the others go on. With an aborted signal the result has what was finished; the same call goes on from there.
 *
 * @throws one sentence if the results folder cannot be written
 */
export async function bench(options: BenchOptions): Promise<BenchResult> {
  const { results, reporter = silent, signal, runner = runHere } = options;
  const finished = new Map<Planned, RunRecord>();
  const failed: FailedRun[] = [];
  let planned: Planned[] = [];
  let found = 0;
  let handedOver = 0;
  const fail = (run: FailedRun) => {
    failed.push(run);
    reporter.line(
      `  ${pc.red('✗')} ${runTitle(run, options)}: ${run.earlier ? 'failed before: ' : ''}${run.error.message}`,
    );
  };
  const recordsNow = () => planned.map(run => finished.get(run)).filter(record => record !== undefined);
  try {
    const plan = await planRuns(options);
    planned = plan.planned;
    plan.failed.forEach(fail);
    for (const run of planned) {
      const record = await findRecord(results, run.run.config);
      if (record) finished.set(run, record);
    }
    found = finished.size;
    const total = planned.length + failed.length;
    if (found > 0) reporter.line(`  ${found} of ${total} runs are done already and are kept.`);
    const waiting = planned.filter(run => !finished.has(run));
    const shown = runProgress(waiting, reporter);
    await runner(
      waiting,
      {
        progress: shown.progress,
        handedOver(runs, to) {
          handedOver += runs.length;
          reporter.line(`  ${runs.length} run${runs.length === 1 ? '' : 's'}: ${to}`);
        },
        elsewhere: (runs, where) => shown.elsewhere(runs.length, where),
        ended(run, outcome) {
          shown.ended(run, 'record' in outcome ? outcome.record.timings.total : undefined);
          if ('failure' in outcome) {
            const earlier = outcome.before === true;
            fail({ ...nameOf(run), error: new Error(outcome.failure.message), ...(earlier && { earlier }) });
            return;
          }
          finished.set(run, outcome.record);
          reporter.line(finishedLine(run, outcome.record, planned));
        },
      },
      options,
    );
    return { records: recordsNow(), found, failed, handedOver, stopped: false };
  } catch (error) {
    if (!signal?.aborted) throw error;
    return { records: recordsNow(), found, failed, handedOver, stopped: true };
  } finally {
    reporter.stop();
  }
}

const nameOf = ({ task, method, shots, seed }: Planned) => ({ task, method, shots, seed });

function runTitle({ task, method, shots, seed }: FailedRun, options: BenchOptions): string {
  const several = typeof options.shots === 'object' && options.shots.length > 1;
  return `${task}, ${methodTitle(method)}, ${several ? `${shots} shots, ` : ''}seed ${seed}`;
}

function finishedLine(run: Planned, { tests, timings }: RunRecord, all: readonly Planned[]): string {
  const width = Math.max(...all.map(({ task }) => task.length));
  const several = (of: (one: Planned) => unknown) => new Set(all.map(of)).size > 1;
  const numbers = Object.entries(tests).map(([name, test]) => [name, test?.top1] as const);
  if ('base' in tests && 'new' in tests)
    numbers.push(['H', tests.base && tests.new ? harmonicMean(tests.base.top1, tests.new.top1) : undefined]);
  const shown = numbers.map(([name, value]) => `${pc.dim(name)} ${(value?.toFixed(1) ?? '–').padStart(5)}`);
  return [
    `  ${pc.green('✓')} ${run.task.padEnd(width)}`,
    methodTitle(run.method).padEnd(9),
    ...(several(({ shots }) => shots) ? [pc.dim(`${run.shots} shots`.padEnd(8))] : []),
    ...(several(({ seed }) => seed) ? [pc.dim(`seed ${run.seed}`)] : []),
    ...shown.slice(0, 5),
    ...(shown.length > 5 ? [pc.dim(`and ${shown.length - 5} more`)] : []),
    pc.dim(duration(timings.total ?? 0)),
  ].join('  ');
}
