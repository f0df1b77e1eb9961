import { setTimeout as wait } from 'node:timers/promises';
import type { Outcome } from '@dgprompt/bench/runs';
import { type PlanWorker, planWorker, readPlan } from '@dgprompt/bench/runs';
import { duration } from '@dgprompt/io';
import { interrupted } from '../terminal/interrupt.js';
import { reporter } from '../terminal/reporter.js';
import type { WorkOptions } from './work-command.js';

/** What the parent says to a worker. */
export type ToWorker = { index: number; retryFailed?: boolean };

/** What a worker says to its parent. */
export type FromWorker =
  | { index: number; progress: { fraction: number; doing: string } }
  | { index: number; outcome: Outcome }
  /** The run could not be started. */
  | { index: number; error: string };

/** One run of a plan, with its progress on stderr; or, as another process's worker, the runs that it is told. */
export async function runWork(file: string, { run, retryFailed }: WorkOptions): Promise<void> {
  const worker = planWorker(await readPlan(file));
  try {
    if (run === undefined) await serve(worker);
    else await once(worker, run, retryFailed === true);
  } finally {
    worker.dispose();
  }
}

async function once(worker: PlanWorker, index: number, retryFailed: boolean): Promise<void> {
  const report = reporter();
  const { signal, release } = interrupted();
  const onProgress = ({ fraction, doing }: { fraction: number; doing: string }) => report.progress(fraction, doing);
  try {
    for (;;) {
      const outcome = await worker.perform(index, { retryFailed, signal, onProgress });
      report.stop();
      if ('record' in outcome) report.line(`Done in ${duration(outcome.record.timings.total ?? 0)}.`);
      else if ('failure' in outcome) throw new Error(outcome.failure.message);
      else {
        report.progress(0, 'another process is doing this run; waiting for it');
        await wait(5000, undefined, { signal });
        continue;
      }
      return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('Stopped; the same command goes on from the last checkpoint.\n');
    process.exitCode = 130;
  } finally {
    report.stop();
    release();
  }
}

/** Until the parent hangs up, or is gone. */
async function serve(worker: PlanWorker): Promise<void> {
  if (!process.send) throw new Error('work needs --run INDEX, the number of a run in the plan.');
  const say = (message: FromWorker) => process.send!(message);
  const controller = new AbortController();
  process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group; the parent stops its workers in order
  process.on('SIGTERM', () => controller.abort(new Error('Stopped by the user.')));
  let busy = Promise.resolve();
  process.on('message', ({ index, retryFailed }: ToWorker) => {
    busy = busy.then(async () => {
      let last = 0;
      const onProgress = (progress: { fraction: number; doing: string }) => {
        if (performance.now() - last < 200) return;
        last = performance.now();
        say({ index, progress });
      };
      try {
        say({ index, outcome: await worker.perform(index, { retryFailed, signal: controller.signal, onProgress }) });
      } catch (error) {
        if (process.connected) say({ index, error: (error as Error).message });
      }
    });
  });
  await new Promise<void>(resolve => {
    process.once('disconnect', () => {
      controller.abort(new Error('The process that gave the runs is gone.'));
      resolve();
    });
  });
  await busy;
}
