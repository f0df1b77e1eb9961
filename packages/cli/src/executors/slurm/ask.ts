import type { Answer, Known } from '../executor.js';
import { type NamedJob, submittedJobs } from './jobs.js';
import { askSqueue, type QueuedTask } from './squeue.js';

/** The Slurm states of the submitted runs of a results folder. */
export async function askSlurm(results: string, finished: ReadonlySet<string>): Promise<Answer> {
  const submitted = await submittedJobs(results);
  const jobs = submitted.jobs.filter(({ names }) => [...names.values()].some(name => !finished.has(name)));
  const runs: Answer['runs'] = new Map();
  const notes = new Set(submitted.problems);
  for (const [cluster, those] of groupBy(jobs, job => job.cluster)) {
    const queue = await askSqueue(
      those.map(({ id }) => id),
      cluster,
    ).catch((error: Error) => {
      notes.add(`${error.message} Its queued and running tasks are not known.`);
      return undefined;
    });
    for (const job of those) {
      for (const [name, known] of knownOf(job, queue)) {
        const before = runs.get(name);
        const holds = before?.state === 'queued' || before?.state === 'running';
        if (!holds || known.state === 'queued' || known.state === 'running') runs.set(name, known);
      }
    }
  }
  return { runs, notes: [...notes] };
}

/** The runs of one array, by name. @param queue undefined if Slurm did not answer */
export function knownOf({ id, names, output }: NamedJob, queue: readonly QueuedTask[] | undefined): Map<string, Known> {
  const tasks = new Map(queue?.filter(({ jobId }) => jobId === id).map(one => [one.task, one]));
  const runs = new Map<string, Known>();
  for (const [task, name] of names) {
    const found = tasks.get(task);
    runs.set(name, {
      state: queue ? (found?.state ?? 'gone') : 'unknown',
      who: `Slurm job ${id}_${task}`,
      ...(found &&
        found.detail !== 'None' && { detail: found.state === 'running' ? `on ${found.detail}` : found.detail }),
      output: output(task),
    });
  }
  return runs;
}

function groupBy<T, K>(all: readonly T[], key: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}
