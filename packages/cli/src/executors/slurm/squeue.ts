import { slurmTool } from './tool.js';

/** A task of a job array that Slurm knows of. */
export interface QueuedTask {
  jobId: string;
  task: number;
  state: 'queued' | 'running';
  /** Why it waits, in Slurm's word: `Resources`, `Priority`, `BeginTime`, …; where it runs. */
  detail: string;
}

/** States of jobs that wait; one that has ended is not shown, or no longer of interest. */
const waiting: ReadonlySet<string> = new Set([
  ...['PENDING', 'CONFIGURING', 'REQUEUED', 'REQUEUE_FED', 'REQUEUE_HOLD', 'RESV_DEL_HOLD', 'SPECIAL_EXIT'],
]);
const going: ReadonlySet<string> = new Set([
  ...['RUNNING', 'COMPLETING', 'RESIZING', 'SIGNALING', 'STAGE_OUT', 'STOPPED', 'SUSPENDED'],
]);

/** Array job, task, state, and the reason why it waits or the nodes on which it runs. */
const format = '%F|%K|%T|%R';

/** What `squeue --array --format='%F|%K|%T|%R'` printed. Lines that are no array's task are left out. */
export function parseSqueue(text: string): QueuedTask[] {
  return text.split('\n').flatMap(line => {
    const [jobId = '', task = '', state = '', ...rest] = line.trim().split('|');
    const known = waiting.has(state) ? 'queued' : going.has(state) ? 'running' : undefined;
    if (!known || !/^\d+$/.test(task)) return [];
    return [{ jobId, task: Number(task), state: known, detail: rest.join('|').replace(/^\((.*)\)$/, '$1') }];
  });
}

/**
 * The tasks of job arrays that wait or run; those that have ended are not among them.
 * @param cluster of several that are served together; default: this machine's
 * @throws one sentence if Slurm is not here, or does not answer
 */
export async function askSqueue(jobIds: readonly string[], cluster?: string): Promise<QueuedTask[]> {
  if (jobIds.length === 0) return [];
  const where = cluster === undefined ? [] : [`--clusters=${cluster}`];
  try {
    const asked = ['--noheader', '--array', `--format=${format}`, `--jobs=${jobIds.join(',')}`];
    return parseSqueue(await slurmTool('squeue', [...where, ...asked]));
  } catch (error) {
    if (/Invalid job id/i.test((error as Error).message)) return []; // it forgets ended jobs after a few minutes
    throw error;
  }
}
