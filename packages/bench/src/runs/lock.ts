import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '@dgprompt/io';
import { lock } from 'proper-lockfile';
import { runFiles } from '../records/record.js';

/** Who does a run at the moment. */
export interface Owner {
  host: string;
  pid: number;
  /** ISO 8601. */
  startedAt: string;
  /** Slurm's number of the job, in a job. */
  jobId?: string;
}

/** Holders say every `beat` that they are alive; another machine's lock that is older than `silence` is nobody's. */
const [beat, silence] = [20_000, 180_000];

/**
 * Takes a run for this process, so that two commands on one results folder never do a run twice. A lock whose process has died is taken over: on
 * this machine at once, and another machine's when it has been silent for three minutes by the file system's own clock.
 *
 * @param folder the run's folder; it is made where it is not there
 * @returns a function that gives the run back, or the process that has it
 */
export async function takeRun(folder: string): Promise<{ release(): Promise<void> } | { owner: Owner | undefined }> {
  await mkdir(folder, { recursive: true });
  for (let attempt = 0; ; attempt++) {
    try {
      const unlock = await lock(folder, {
        ...{ lockfilePath: lockOf(folder), realpath: false, retries: 0 },
        ...{ stale: 2 ** 31 - 1, update: beat }, // what is stale is decided below
        onCompromised: () => {}, // a run that is done twice gives the same bytes twice
      });
      const job = process.env.SLURM_JOB_ID;
      const owner: Owner = {
        host: hostname(),
        pid: process.pid,
        startedAt: new Date().toISOString(),
        ...(job && { jobId: job }),
      };
      await writeFileAtomic(join(folder, runFiles.owner), `${JSON.stringify(owner)}\n`);
      return {
        async release() {
          await rm(join(folder, runFiles.owner), { force: true });
          await unlock().catch(() => {}); // the folder may have been deleted meanwhile
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      const owner = await ownerOf(folder);
      if (attempt > 0 || (await isAlive(folder, owner))) return { owner };
      await breakLock(folder);
    }
  }
}

/** Who does a run now; undefined where nobody does. */
export async function runningOwner(folder: string): Promise<Owner | undefined> {
  const owner = await ownerOf(folder);
  return owner && (await isAlive(folder, owner)) ? owner : undefined;
}

const lockOf = (folder: string): string => join(folder, 'lock');

/** Who does a run, or did it when its process was killed; undefined where nobody does. */
export async function ownerOf(folder: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, runFiles.owner), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

async function isAlive(folder: string, owner: Owner | undefined): Promise<boolean> {
  const held = await stat(lockOf(folder)).catch(() => undefined);
  if (!held) return false;
  if (owner?.host === hostname()) return processLives(owner.pid);
  return (await fileSystemNow(folder)) - held.mtimeMs < silence;
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What the file system's clock says: the machines' own clocks may differ, or jump. */
async function fileSystemNow(folder: string): Promise<number> {
  const probe = join(folder, `clock-${process.pid}.tmp`);
  try {
    await writeFile(probe, '');
    return (await stat(probe)).mtimeMs;
  } catch {
    return Date.now(); // someone who may only read asks how far the runs are
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Renamed first, so that of two processes that break a lock at once only one does. */
async function breakLock(folder: string): Promise<void> {
  const broken = `${lockOf(folder)}-${process.pid}.tmp`;
  await rename(lockOf(folder), broken).catch(() => {});
  await rm(broken, { recursive: true, force: true });
  await rm(join(folder, runFiles.owner), { force: true });
}
