import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { link, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errorCode } from './files.js';
import type { LockOwner } from './lock-owner.js';
import { processLives, processStart } from './process-start.js';

export type { LockOwner } from './lock-owner.js';

/** A holder refreshes its lock this often, in milliseconds. */
const BEAT = 20_000;
/** Another machine's lock that has not been refreshed for this long counts as abandoned. */
const SILENCE = 180_000;
/** A lock without a readable owner counts as abandoned after this long. */
const WRITING = 2_000;

/** Takes a lock file. @returns a function that releases it, or its owner (undefined if it was released just now) */
export async function acquire(
  path: string,
  doing: string | undefined,
): Promise<{ release(): Promise<void> } | { owner: LockOwner | undefined }> {
  const job = process.env.SLURM_JOB_ID;
  const start = await processStart(process.pid);
  const mine: LockOwner = {
    host: hostname(),
    pid: process.pid,
    startedAt: new Date().toISOString(),
    ...(doing && { doing }),
    ...(job && { jobId: job }),
    ...(start && { processStart: start }),
    id: randomUUID(),
  };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await create(path, `${JSON.stringify(mine)}\n`)) return { release: keep(path, mine) };
    const seen = await stat(path).catch(() => undefined);
    if (!seen) continue;
    const holder = await ownerIn(path);
    if (await isHeld(path, holder)) return { owner: holder };
    await breakLock(path, seen);
  }
  return { owner: await ownerIn(path) };
}

/** The owner recorded in a lock file, alive or not; undefined if the file is missing or unreadable. */
export async function ownerIn(path: string): Promise<LockOwner | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    // written by an early version
    if (typeof found === 'number') return { host: hostname(), pid: found, startedAt: '' };
    const { pid, host } = (found ?? {}) as Partial<LockOwner>;
    return typeof pid === 'number' && typeof host === 'string' ? (found as LockOwner) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a lock holds: its process is alive, if on this machine, or was heard from lately, if on another. */
export async function isHeld(path: string, owner: LockOwner | undefined): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return false;
  const quiet = async () => (await fileSystemNow(path)) - found.mtimeMs;
  if (!owner) return (await quiet()) < WRITING;
  if (owner.host !== hostname()) return (await quiet()) < SILENCE;
  if (!processLives(owner.pid)) return false;
  const start = await processStart(owner.pid);
  if (start !== undefined && owner.processStart !== undefined) return start === owner.processStart;
  return (await quiet()) < SILENCE;
}

/** Makes the file with its content in one step. @returns false if it exists */
async function create(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    try {
      await link(temporary, path);
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') throw cause;
      await writeFile(path, text, { flag: 'wx' }); // a file system without links
    }
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false;
    throw cause;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Keeps a lock alive until it is released; leaves it alone if another process has taken it since. */
function keep(path: string, mine: LockOwner): () => Promise<void> {
  const isMine = async () => (await ownerIn(path))?.id === mine.id;
  const timer = setInterval(async () => {
    const now = new Date();
    if (await isMine()) await utimes(path, now, now).catch(() => {});
  }, BEAT);
  timer.unref();
  return async () => {
    clearInterval(timer);
    if (await isMine()) await unlink(path).catch(() => {}); // the folder may have been deleted meanwhile
  };
}

/** Removes an abandoned lock; only one of two processes does so, after checking again. */
async function breakLock(path: string, abandoned: Stats): Promise<void> {
  const guard = `${path}.break`;
  try {
    await writeFile(guard, '', { flag: 'wx' });
  } catch {
    const found = await stat(guard).catch(() => undefined);
    if (found && (await fileSystemNow(path)) - found.mtimeMs > 10_000) await rm(guard, { force: true });
    await new Promise(resolve => setTimeout(resolve, 50));
    return;
  }
  try {
    const now = await stat(path).catch(() => undefined);
    if (now?.ino === abandoned.ino && now.mtimeMs === abandoned.mtimeMs)
      await rm(path, { recursive: true, force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** The file system's clock: machines' own clocks may differ or jump. */
async function fileSystemNow(path: string): Promise<number> {
  const probe = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(probe, '');
    return (await stat(probe)).mtimeMs;
  } catch {
    return Date.now(); // for a reader without write access that only asks for the status
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}
