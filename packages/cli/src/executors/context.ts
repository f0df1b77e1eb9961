import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions, Planned, Runner, RunnerEvents } from '@dgprompt/bench';
import { findRecord } from '@dgprompt/bench/records';
import { type BenchSettings, findFailure, keepFailure, runName, writePlan } from '@dgprompt/bench/runs';
import { join as shellLine } from 'shlex';
import { thisCommand } from '../terminal/this-command.js';
import { commandLine } from './command-line.js';
import type { Executor, ExecutorContext, ExecutorOptions, ExecutorTask } from './executor.js';

/** A run whose process is killed resumes from its checkpoint; after this many kills it counts as failed. */
export const mostKills = 10;

/** Wraps an executor as a runner of the library. */
export const runnerOf =
  (executor: Executor, settings: BenchSettings, options: ExecutorOptions): Runner =>
  async (runs, events, bench) => {
    const { signal } = bench;
    await executor.run(runs, { settings, options, bench, events, signal, ...tasksFor(settings, events, bench) });
  };

/** The context functions that hand runs to other processes. */
function tasksFor(
  settings: BenchSettings,
  events: RunnerEvents,
  { results, retryFailed }: BenchOptions,
): Pick<ExecutorContext, 'tasks' | 'settle'> {
  const ends = new Map<Planned, number>();
  const earlier = new Map<Planned, string | undefined>(); // time of the last failure before this attempt

  return {
    async tasks(runs) {
      const { file: plan } = await writePlan(settings, runs, thisCommand(), process.argv.slice(2));
      const tasks: ExecutorTask[] = [];
      for (const [index, run] of runs.entries()) {
        earlier.set(run, (await findFailure(results, run.run.config))?.failedAt);
        const command = commandLine(['work', plan, '--run', `${index}`, ...(retryFailed ? ['--retry-failed'] : [])]);
        tasks.push({ run, plan, index, command, shell: shellLine(command) });
      }
      return tasks;
    },
    async settle({ run }, how = 'without a record') {
      const { config } = run.run;
      const record = await findRecord(results, config);
      if (record) {
        events.ended(run, { record });
        return true;
      }
      const failure = await findFailure(results, config);
      const isEarlier = failure?.failedAt === earlier.get(run);
      if (failure && !(isEarlier && retryFailed)) {
        events.ended(run, { failure, ...(isEarlier && { before: true }) });
        return true;
      }
      const count = (ends.get(run) ?? 0) + 1;
      ends.set(run, count);
      if (count < mostKills) return false;
      await mkdir(join(results, runName(config)), { recursive: true });
      const error = `its process ended ${count} times: ${how}`;
      events.ended(run, { failure: await keepFailure(results, config, error) });
      return true;
    },
  };
}
