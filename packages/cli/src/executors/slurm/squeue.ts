import { slurmTool } from './tool.js';

/** A task of a job array in Slurm's queue. */
export interface QueuedTask {
  jobId: string;
  task: number;
  state: 'queued' | 'running';
  /** Slurm's reason for queueing it (`Resources`, `Priority`, `BeginTime`, …), or the nodes where it runs. */
  detail: string;
}

/** States of queued jobs. States of ended jobs do not matter here. */
const waiting: ReadonlySet<string> = new Set([
  ...['PENDING', 'CONFIGURING', 'REQUEUED', 'REQUEUE_FED', 'REQUEUE_HOLD', 'RESV_DEL_HOLD', 'SPECIAL_EXIT'],
]);
const going: ReadonlySet<string> = new Set([
  ...['RUNNING', 'COMPLETING', 'RESIZING', 'SIGNALING', 'STAGE_OUT', 'STOPPED', 'SUSPENDED'],
]);

/** Array job, task, state, and the reason for queueing or the nodes. */
const format = '%F|%K|%T|%R';

/** Parses the output of `squeue --array --format='%F|%K|%T|%R'`. Lines other than array tasks are skipped. */
export function parseSqueue(text: string): QueuedTask[] {
  return text.split('\n').flatMap(line => {
    const [jobId = '', task = '', state = '', ...rest] = line.trim().split('|');
    const known = waiting.has(state) ? 'queued' : going.has(state) ? 'running' : undefined;
    if (!known || !/^\d+$/.test(task)) return [];
    return [{ jobId, task: Number(task), state: known, detail: rest.join('|').replace(/^\((.*)\)$/, '$1') }];
  });
}

/**
 * The queued and running tasks of job arrays.
 * @param cluster if Slurm serves several; default: this machine's
 * @throws one sentence if Slurm is missing or does not answer
 */
export async function askSqueue(jobIds: readonly string[], cluster?: string): Promise<QueuedTask[]> {
  if (jobIds.length === 0) return [];
  const where = cluster === undefined ? [] : [`--clusters=${cluster}`];
  try {
    const asked = ['--noheader', '--array', `--format=${format}`, `--jobs=${jobIds.join(',')}`];
    return parseSqueue(await slurmTool('squeue', [...where, ...asked]));
  } catch (error) {
    if (/Invalid job id/i.test((error as Error).message)) return []; // Slurm forgets ended jobs after a few minutes
    throw error;
  }
}
