import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerOf, runningOwner, storageError, writePlan } from '@dgprompt/bench/runs';
import { thisCommand } from '../terminal/this-command.js';
import type { Answer, Executor } from './executor.js';

/** Does runs on this machine: one after another in this process, or several at a time, each in its own process. */
export const local = {
  name: 'local',
  async run(runs, { settings, options: { workers }, events, bench }) {
    // Workers write their own plan; without workers, `dgprompt status` needs this one to know what is left.
    if (workers === 1 && runs.length > 0)
      await writePlan(settings, runs, thisCommand(), process.argv.slice(2)).catch(error => {
        throw storageError(settings.results, error) ?? error;
      });
    const runner =
      workers > 1
        ? (await import('./worker-pool.js')).workerPool(settings, workers)
        : (await import('@dgprompt/bench/runs')).runHere;
    await runner(runs, events, bench);
  },
  ask,
} satisfies Executor;

/** A process that does a run writes its name into the run's folder and removes it when it ends, unless it is killed. */
async function ask(results: string, finished: ReadonlySet<string>): Promise<Answer> {
  const runs: Answer['runs'] = new Map();
  const entries = await readdir(results, { withFileTypes: true });
  for (const { name } of entries.filter(entry => entry.isDirectory() && !finished.has(entry.name))) {
    const owner = await ownerOf(join(results, name));
    if (!owner) continue;
    const lives = (await runningOwner(join(results, name))) !== undefined;
    runs.set(name, { state: lives ? 'running' : 'gone', who: `process ${owner.pid} on ${owner.host}` });
  }
  return { runs, notes: [] };
}
