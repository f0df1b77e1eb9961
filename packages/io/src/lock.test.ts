import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFolder, lockOwner, takeLock, waitForLock } from './lock.js';
import type { LockOwner } from './runtime/lock.js';

const newLock = async () => join(await mkdtemp(join(tmpdir(), 'lock-')), 'lock');

async function taken(path: string) {
  const got = await takeLock(path, { doing: 'test' });
  if (!('release' in got)) throw new Error('somebody else has it');
  return got;
}

async function otherProcess(path: string) {
  const child = spawn(process.execPath, [
    ...['--import', import.meta.resolve('tsx'), '--input-type=module', '-e'],
    `const { takeLock } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
     await takeLock(${JSON.stringify(path)}, { doing: 'a test' });
     console.log('taken');
     setInterval(() => {});`,
  ]);
  await new Promise(resolve => child.stdout.once('data', resolve));
  return child;
}

test('a lock has one owner at a time and leaves nothing behind', async () => {
  const path = await newLock();
  const mine = await taken(path);
  expect(await takeLock(path)).toEqual({ owner: expect.objectContaining({ pid: process.pid, doing: 'test' }) });
  expect(await lockOwner(path)).toMatchObject({ pid: process.pid });
  await mine.release();
  expect(await readdir(join(path, '..'))).toEqual([]);
});

test('of twenty simultaneous requests for an abandoned lock, one succeeds', async () => {
  const path = await newLock();
  await writeFile(path, '999999999');
  const got = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)));
  expect(got.filter(one => 'release' in one)).toHaveLength(1);
});

test('locks of a killed process, or of a pid that now belongs to another process, do not count', async () => {
  const path = await newLock();
  const child = await otherProcess(path);
  expect(await takeLock(path)).toEqual({ owner: expect.objectContaining({ pid: child.pid }) });
  const owner = JSON.parse(await readFile(path, 'utf8')) as LockOwner;
  child.kill('SIGKILL');
  await new Promise(resolve => child.once('close', resolve));
  const mine = await taken(path);
  await mine.release();
  if (process.platform === 'win32') return;
  await writeFile(path, JSON.stringify({ ...owner, pid: process.ppid })); // alive, but started at another time
  await (await taken(path)).release();
  await writeFile(path, JSON.stringify({ ...owner, pid: process.ppid, processStart: undefined }));
  expect(await takeLock(path)).toHaveProperty('owner'); // cannot be known: the process is alive and the lock fresh
});

test("a living process's lock holds whatever the clock says; another machine's only for minutes", async () => {
  const path = await newLock();
  const mine = await taken(path);
  const past = new Date(Date.now() - 600_000);
  await utimes(path, past, past);
  expect(await takeLock(path)).toHaveProperty('owner');
  await mine.release();
  await writeFile(path, JSON.stringify({ host: 'elsewhere', pid: 1, startedAt: '' }));
  expect(await takeLock(path)).toHaveProperty('owner');
  await utimes(path, past, past);
  await (await taken(path)).release();
});

test('waiting reports the owner and ends as soon as the lock is free', async () => {
  const path = await newLock();
  const mine = await taken(path);
  let waitedFor: LockOwner | undefined;
  const waiting = waitForLock(path, {
    onWait: owner => {
      waitedFor = owner;
      setTimeout(mine.release, 20);
    },
  });
  await (await waiting)();
  expect(waitedFor).toMatchObject({ pid: process.pid });
  const stop = new AbortController();
  await taken(path);
  const stopped = waitForLock(path, { signal: stop.signal, onWait: () => stop.abort(new Error('enough')) });
  await expect(stopped).rejects.toThrow('enough');
});

test('a folder in use throws an error naming the process that uses it', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'lock-')), 'classifier');
  await lockFolder(
    folder,
    async () => {
      await expect(lockFolder(folder, async () => {}, { doing: 'dgprompt train' })).rejects.toThrow(
        new RegExp(`classifier is in use by process ${process.pid} \\(dgprompt train, since .*\\); wait for it to end`),
      );
    },
    { doing: 'dgprompt train' },
  );
  expect(await readdir(join(folder, '..'))).toEqual([]);
  await writeFile(folder, 'a file');
  await expect(lockFolder(folder, async () => {})).rejects.toThrow(
    /classifier cannot be written: a file of that name exists/,
  );
});
