import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Tuned } from './tuned.js';

/** Runs of the base-to-new protocol, to be dealt to processes by task. */
export interface Job {
  methods: Tuned[];
  tasks: string[];
  seeds: number[];
  /** Inside the base classes, on validation images: see validation-suite.ts. */
  validation: boolean;
  shots: number;
  results: string;
}

/**
 * Runs a job in some processes of one thread each: two small models side by side are faster than one on two threads, and the numbers do not depend
 * on how many there are.
 * @throws Error if one of them fails; what is finished is kept
 */
export async function runInWorkers(job: Job, count: number): Promise<void> {
  const shares = Array.from({ length: count }, (_, share) => job.tasks.filter((_, i) => i % count === share));
  const ends = shares
    .filter(tasks => tasks.length > 0)
    .map(async tasks => {
      const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [JSON.stringify({ ...job, tasks })], {
        execArgv: process.execArgv,
      });
      const [code] = await once(child, 'exit');
      if (code !== 0)
        throw new Error(`A worker ended with code ${code}; what it had finished is kept in ${job.results}.`);
    });
  await Promise.all(ends);
}
