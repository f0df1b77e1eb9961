import { join } from 'node:path';
import { type LockOwner, lastLockOwner, lockOwner, takeLock } from '@dgprompt/io';
import { runFiles } from '../records/record.js';

/** The process that performs a run. */
export type Owner = LockOwner;

const lockOf = (folder: string): string => join(folder, runFiles.owner);

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
export const takeRun = (folder: string): Promise<{ release(): Promise<void> } | { owner: Owner | undefined }> =>
  takeLock(lockOf(folder), { doing: 'a run' });

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
export const runningOwner = (folder: string): Promise<Owner | undefined> => lockOwner(lockOf(folder));

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
export const ownerOf = (folder: string): Promise<Owner | undefined> => lastLockOwner(lockOf(folder));
