import { findRecord, type RunRecord } from './records/record.js';
import type { OnBenchEvent } from './runs/events.js';
import { runHere } from './runs/here.js';
import type { Outcome } from './runs/perform.js';
import { type PlanOptions, planRuns } from './runs/plan.js';
import type { FailedRun, Planned } from './runs/planned.js';
import type { BenchOptions, RunnerEvents } from './runs/runner.js';

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
 * Runs whose record is there already are not done again, and runs that failed before only with `retryFailed`. A run
 * that fails is reported and the others go on. With an aborted signal the result has what was finished; the same call
 * goes on from there.
 *
 * @throws one sentence if the results folder cannot be written
 */
export async function bench(options: BenchOptions): Promise<BenchResult> {
  const { results, onEvent, signal, runner = runHere } = options;
  const finished = new Map<Planned, RunRecord>();
  const failed: FailedRun[] = [];
  let planned: Planned[] = [];
  let found = 0;
  let handedOver = 0;
  const fail = (run: FailedRun, planned?: Planned) => {
    failed.push(run);
    onEvent?.({ type: 'failed', run, planned });
  };
  const recordsNow = () => planned.map(run => finished.get(run)).filter(record => record !== undefined);
  try {
    const plan = await planRuns(options);
    planned = plan.planned;
    for (const run of plan.failed) fail(run);
    for (const run of planned) {
      const record = await findRecord(results, run.run.config);
      if (record) finished.set(run, record);
    }
    found = finished.size;
    const waiting = planned.filter(run => !finished.has(run));
    onEvent?.({ type: 'planned', runs: planned, waiting, found, failed: failed.length });
    const events: RunnerEvents = {
      progress: (run, { fraction, doing }) => onEvent?.({ type: 'progress', run, fraction, doing }),
      handedOver(runs, to) {
        handedOver += runs.length;
        onEvent?.({ type: 'handed over', runs, to });
      },
      elsewhere: (runs, where) => onEvent?.({ type: 'elsewhere', runs, where }),
      ended(run, outcome) {
        if ('failure' in outcome) {
          const { task, method, shots, seed } = run;
          const earlier = outcome.before === true;
          fail(
            { task, method, shots, seed, error: new Error(outcome.failure.message), ...(earlier && { earlier }) },
            run,
          );
          return;
        }
        finished.set(run, outcome.record);
        onEvent?.({ type: 'finished', run, record: outcome.record });
      },
    };
    await runner(waiting, events, options);
    return { records: recordsNow(), found, failed, handedOver, stopped: false };
  } catch (error) {
    if (!signal?.aborted) throw error;
    return { records: recordsNow(), found, failed, handedOver, stopped: true };
  }
}
