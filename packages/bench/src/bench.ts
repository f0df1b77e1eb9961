import { chanceWarning } from '@dgprompt/methods/evaluation';
import { findRecord, type RunRecord } from './records/record.js';
import { runHere } from './runs/here.js';
import { planRuns } from './runs/plan.js';
import type { FailedRun, Planned } from './runs/planned.js';
import type { BenchOptions, RunnerEvents } from './runs/runner.js';

/** The outcome of a bench. */
export interface BenchResult {
  /** Records of all finished planned runs, including earlier ones, by task, then shots, seed and method. */
  records: RunRecord[];
  /** How many of `records` existed before. */
  found: number;
  failed: FailedRun[];
  /** Number of runs handed over, to be done later. */
  handedOver: number;
  /** Whether the signal aborted before the end. */
  stopped: boolean;
}

/**
 * Performs every run of a protocol and stores the record of each in a folder.
 *
 * Skips runs with a record; repeats runs that failed before only with `retryFailed`. If a run fails, the others
 * continue. After an abort, the result has the finished runs; the same call resumes.
 *
 * @throws one sentence if the results folder cannot be written
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { bench, openSuite } from '@dgprompt/bench';
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const { records } = await bench({
 *   clip: await loadClip(miniClip),
 *   suite: await openSuite('pictograms'),
 *   tasks: ['weather'],
 *   methods: [zeroshot],
 *   results: mkdtempSync(join(tmpdir(), 'x-')),
 * });
 * console.log(Object.keys(records[0]!.tests)); // [ 'base', 'new' ]
 * ```
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
        for (const text of doubtsOf(outcome.record)) onEvent?.({ type: 'warning', task: run.task, text });
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

/** Reasons to doubt the numbers of hand-written prompts. */
function doubtsOf({ config: { task }, epochs, checkpoint, tests }: RunRecord): string[] {
  if (epochs.length > 0 || checkpoint !== undefined) return [];
  const named = (name: string) => (['all', 'base', 'new', task].includes(name) ? task : name);
  return Object.entries(tests).flatMap(([name, test]) => {
    const doubt = test && chanceWarning(named(name), test, Object.keys(test.perClass).length);
    return doubt ? [doubt] : [];
  });
}
