import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { errorCode } from './files.js';

/**
 * Takes a lock file, so that one process at a time writes the locked file. The lock of a process that has ended does
 * not count.
 *
 * @returns a function that releases the lock
 * @throws a sentence naming `subject` and the process that holds the lock
 */
export async function lockFile(path: string, subject: string): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      return () => rm(path, { force: true });
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw cause;
      const holder = await holderOf(path);
      if (holder !== undefined || attempt > 2)
        throw new Error(`${subject} by process ${holder ?? '?'}; wait for it to finish, or delete ${path}.`);
      await rm(path, { force: true });
    }
  }
}

async function holderOf(path: string): Promise<number | undefined> {
  const text = () => readFile(path, 'utf8').catch(() => '');
  const pid = Number((await text()) || (await setTimeout(100).then(text))); // empty: its holder is just writing it
  if (!Number.isInteger(pid) || pid < 1) return undefined;
  try {
    process.kill(pid, 0); // signal 0 only checks that the process exists
    return pid;
  } catch {
    return undefined;
  }
}
