import { setTimeout as wait } from 'node:timers/promises';
import type { PlanWorker } from '@dgprompt/bench/runs';
import { duration } from '@dgprompt/io';
import type { FromWorker, ToWorker } from '../executors/messages.js';
import { defineCommand } from '../options/command.js';
import { flag, option, wholeNumber } from '../options/option.js';

/** `dgprompt work`: does runs of a plan file in its own process. `bench --workers` and the executors call it. */
export const work = defineCommand({
  description:
    'Do one run of a plan that `dgprompt bench` wrote; without --run, the runs that the parent process sends.',
  arguments: [['<plan>', 'plans/….json in a results folder']],
  examples: [],
  options: {
    run: option('--run <index>', 'number of the run in the plan', wholeNumber(0, 10_000_000).optional()),
    retryFailed: option('--retry-failed', 'even if it failed before', flag),
  },
  async action({ run, retryFailed = false }, [plan]) {
    const { planWorker, readPlan } = await import('@dgprompt/bench/runs');
    const worker = planWorker(await readPlan(plan));
    try {
      if (run === undefined) await serve(worker);
      else await once(worker, run, retryFailed);
    } finally {
      worker.dispose();
    }
  },
});

/** Does one run, with progress on stderr. */
async function once(worker: PlanWorker, index: number, retryFailed: boolean): Promise<void> {
  const { interruptible } = await import('../terminal/interrupt.js');
  await interruptible(
    async (signal, report) => {
      const onProgress = (p: { fraction: number; doing: string }) => report.progress(p.fraction, p.doing);
      for (;;) {
        const outcome = await worker.perform(index, { retryFailed, signal, onProgress });
        report.stop();
        if ('record' in outcome) {
          report.line(`Done in ${duration(outcome.record.timings.total ?? 0)}.`);
          return;
        }
        if ('failure' in outcome) throw new Error(outcome.failure.message);
        report.progress(0, 'waiting: another process is doing this run');
        await wait(5000, undefined, { signal });
      }
    },
    { interrupted: 'Interrupted. Run the command again to resume from the last checkpoint.' },
  );
}

/** Does the runs that the parent sends, until it disconnects or ends. */
async function serve(worker: PlanWorker): Promise<void> {
  if (!process.send) throw new Error('work needs --run INDEX, the number of a run in the plan.');
  const send = (message: FromWorker) => process.send!(message);
  const controller = new AbortController();
  process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group, but the parent stops its workers in order
  process.on('SIGTERM', () => controller.abort(new Error('Interrupted by the user.')));
  let busy = Promise.resolve();
  process.on('message', ({ index, retryFailed }: ToWorker) => {
    busy = busy.then(async () => {
      let last = 0;
      const onProgress = (progress: { fraction: number; doing: string }) => {
        if (performance.now() - last < 200) return;
        last = performance.now();
        send({ index, progress });
      };
      try {
        send({ index, outcome: await worker.perform(index, { retryFailed, signal: controller.signal, onProgress }) });
      } catch (error) {
        if (process.connected) send({ index, error: (error as Error).message });
      }
    });
  });
  await new Promise<void>(resolve => {
    process.once('disconnect', () => {
      controller.abort(new Error('The parent process has ended.'));
      resolve();
    });
  });
  await busy;
}
