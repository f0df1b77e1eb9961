import { machine } from './runtime/environment.js';
import { makeFolder, pathExists, removeEmptyFolder } from './runtime/files.js';
import { acquire, isHeld, type LockOwner, ownerIn } from './runtime/lock.js';
import { folderOf, joinPath } from './runtime/paths.js';
import { cannotWrite, folderFor } from './write.js';

/** Name of a folder's lock file. */
const FOLDER_LOCK = '.lock';
/** Milliseconds between two checks of a lock that another process holds. */
const LOOK = 250;

export interface LockOptions {
  /** What this process does, to show to others that want the lock: `dgprompt train`. */
  doing?: string;
}

/**
 * Takes a lock file, so that only one process at a time does something. Locks of processes that have ended do not
 * count, even if the pid now belongs to another process; another machine's lock expires after three minutes without a
 * sign of life (by the file system's clock). Makes the folders above the lock.
 *
 * @returns a function that releases the lock, or its owner (undefined if it was released just now)
 * @throws one sentence naming the file if it cannot be written
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, takeLock } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'lock');
 * const first = await takeLock(path);
 * const second = await takeLock(path);
 * console.log('release' in first, 'owner' in second && second.owner?.pid === process.pid); // true true
 * if ('release' in first) await first.release();
 * ```
 */
export async function takeLock(
  path: string,
  { doing }: LockOptions = {},
): Promise<{ release(): Promise<void> } | { owner: LockOwner | undefined }> {
  try {
    await makeFolder(folderOf(path));
    return await acquire(path, doing);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/**
 * Takes a lock file as soon as it is free.
 *
 * @param options.onWait called once with the owner if this has to wait
 * @param options.signal ends the wait
 * @returns a function that releases the lock
 * @throws the signal's reason; one sentence naming the file if it cannot be written
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, waitForLock } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'lock');
 * const release = await waitForLock(path);
 * const onWait = () => {
 *   console.log('waiting'); // waiting
 *   release();
 * };
 * await (await waitForLock(path, { onWait }))();
 * ```
 */
export async function waitForLock(
  path: string,
  { doing, onWait, signal }: LockOptions & { onWait?(owner: LockOwner): void; signal?: AbortSignal } = {},
): Promise<() => Promise<void>> {
  for (let told = false; ; ) {
    signal?.throwIfAborted();
    const taken = await takeLock(path, { doing });
    if ('release' in taken) return taken.release;
    if (!told && taken.owner) {
      onWait?.(taken.owner);
      told = true;
    }
    await new Promise(resolve => setTimeout(resolve, LOOK));
  }
}

/**
 * Runs `work` with exclusive use of a folder. Makes the folder if needed, and then removes it again if it is empty at
 * the end.
 *
 * @param options.doing what is done, to show to others that want the folder: `dgprompt train`
 * @throws one sentence naming the folder and the process that uses it; the errors of `work`
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, lockFolder } from '@dgprompt/io';
 *
 * const folder = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'classifier');
 * console.log(await lockFolder(folder, async () => 'done', { doing: 'dgprompt train' })); // done
 * ```
 */
export async function lockFolder<T>(folder: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const existed = await pathExists(folder);
  const inUse = (owner: string) => `${folder} is in use by ${owner}; wait for it to end, or give another folder.`;
  const release = await lockOrThrow(folder, joinPath(folder, FOLDER_LOCK), inUse, options);
  try {
    return await work();
  } finally {
    await release();
    if (!existed) await removeEmptyFolder(folder);
  }
}

/**
 * Runs `work` with the exclusive right to write a file, or a folder as a whole; the lock is next to it.
 *
 * @throws one sentence naming the file and the process that writes it; the errors of `work`
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, lockFile } from '@dgprompt/io';
 *
 * const file = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'classifier.onnx');
 * console.log(await lockFile(file, async () => 'done', { doing: 'dgprompt export' })); // done
 * ```
 */
export async function lockFile<T>(file: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  await folderFor(file);
  const inUse = (owner: string) => `${file} is being written by ${owner}; wait for it to end, or give another path.`;
  const release = await lockOrThrow(file, `${file.replace(/[\\/]+$/, '')}.lock`, inUse, options);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Takes the lock of a target; errors name the target rather than the lock. */
async function lockOrThrow(
  target: string,
  lock: string,
  inUse: (owner: string) => string,
  options: LockOptions,
): Promise<() => Promise<void>> {
  const taken = await takeLock(lock, options).catch(cause => {
    throw cannotWrite(target, (cause as Error).cause ?? cause);
  });
  if ('release' in taken) return taken.release;
  throw new Error(inUse(ownerName(taken.owner)));
}

/**
 * A lock's owner in words: `process 4711 (dgprompt train, since 10:22)`, with the machine if it is not this one.
 *
 * @example
 * ```ts
 * import { ownerName } from '@dgprompt/io';
 *
 * console.log(ownerName({ host: 'gpu-7', pid: 4711, startedAt: '', doing: 'dgprompt train' }));
 * // process 4711 on gpu-7 (dgprompt train)
 * ```
 */
export function ownerName(owner: LockOwner | undefined, here: string = machine()): string {
  if (!owner) return 'another process';
  const { host, pid, startedAt, doing, jobId } = owner;
  const where = here === host ? '' : ` on ${host}`;
  const since = startedAt && `since ${startedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const more = [jobId && `Slurm job ${jobId}`, doing, since].filter(Boolean).join(', ');
  return `process ${pid}${where}${more && ` (${more})`}`;
}

/**
 * The live owner of a lock file, if any.
 *
 * @example
 * ```ts
 * import { lockOwner } from '@dgprompt/io';
 *
 * console.log(await lockOwner('no-such-lock')); // undefined
 * ```
 */
export async function lockOwner(path: string): Promise<LockOwner | undefined> {
  const owner = await ownerIn(path);
  return owner && (await isHeld(path, owner)) ? owner : undefined;
}

/**
 * The owner recorded in a lock file, even if that process has ended, e.g. because it was killed while holding the lock.
 *
 * @example
 * ```ts
 * import { lastLockOwner } from '@dgprompt/io';
 *
 * console.log(await lastLockOwner('no-such-lock')); // undefined
 * ```
 */
export const lastLockOwner = (path: string): Promise<LockOwner | undefined> => ownerIn(path);
