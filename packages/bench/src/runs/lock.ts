import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '@dgprompt/io';
import { lock } from 'proper-lockfile';
import { runFiles } from '../records/record.js';

/** The process that performs a run. */
export interface Owner {
  host: string;
  pid: number;
  /** ISO 8601. */
  startedAt: string;
  /** Slurm's job id, if it runs in a job. */
  jobId?: string;
}

/** A holder refreshes its lock this often, in milliseconds. */
const beat = 20_000;
/** A lock of another machine that has not been refreshed for this long counts as abandoned. */
const silence = 180_000;

/**
 * Locks a run for this process, so that two commands on one results folder never perform a run twice. The lock of a
 * dead process is taken over: at once on this machine, after three minutes of silence (by the file system's clock) from
 * another.
 *
 * @param folder the run's folder; created if it does not exist
 * @returns a function that releases the run, or the process that holds it
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { runningOwner, takeRun } from '@dgprompt/bench/runs';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'x-'));
 * const taken = await takeRun(folder);
 * console.log((await runningOwner(folder))?.pid === process.pid); // true
 * if ('release' in taken) await taken.release();
 * ```
 */
export async function takeRun(folder: string): Promise<{ release(): Promise<void> } | { owner: Owner | undefined }> {
  await mkdir(folder, { recursive: true });
  for (let attempt = 0; ; attempt++) {
    try {
      const unlock = await lock(folder, {
        lockfilePath: lockOf(folder),
        realpath: false,
        retries: 0,
        stale: 2 ** 31 - 1, // whether a lock is stale is decided below
        update: beat,
        onCompromised: () => {}, // a run that is performed twice gives the same bytes twice
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

/**
 * The live process that performs a run, if any.
 *
 * @example
 * ```ts
 * import { runningOwner } from '@dgprompt/bench/runs';
 *
 * console.log(await runningOwner('results/absent')); // undefined
 * ```
 */
export async function runningOwner(folder: string): Promise<Owner | undefined> {
  const owner = await ownerOf(folder);
  return owner && (await isAlive(folder, owner)) ? owner : undefined;
}

const lockOf = (folder: string): string => join(folder, 'lock');

/**
 * The process that performs a run, or that performed it when it was killed.
 *
 * @example
 * ```ts
 * import { ownerOf } from '@dgprompt/bench/runs';
 *
 * console.log(await ownerOf('results/absent')); // undefined
 * ```
 */
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

/** The file system's clock: the machines' own clocks may differ, or jump. */
async function fileSystemNow(folder: string): Promise<number> {
  const probe = join(folder, `clock-${process.pid}.tmp`);
  try {
    await writeFile(probe, '');
    return (await stat(probe)).mtimeMs;
  } catch {
    return Date.now(); // a reader without write access asks for the status
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Renamed first, so that only one of two processes breaks a lock. */
async function breakLock(folder: string): Promise<void> {
  const broken = `${lockOf(folder)}-${process.pid}.tmp`;
  await rename(lockOf(folder), broken).catch(() => {});
  await rm(broken, { recursive: true, force: true });
  await rm(join(folder, runFiles.owner), { force: true });
}
