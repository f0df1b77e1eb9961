import { spawn } from 'node:child_process';
import { mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runFiles } from '../records/record.js';
import { runningOwner, takeRun } from './lock.js';

const newFolder = async () => join(await mkdtemp(join(tmpdir(), 'dgprompt-lock-')), 'run');

async function taken(folder: string) {
  const got = await takeRun(folder);
  if (!('release' in got)) throw new Error('somebody else has it');
  return got;
}

test('a run belongs to one process at a time, and its folder is unchanged afterwards', async () => {
  const folder = await newFolder();
  const mine = await taken(folder);
  expect(await takeRun(folder)).toEqual({ owner: expect.objectContaining({ pid: process.pid }) });
  expect(await runningOwner(folder)).toMatchObject({ pid: process.pid });
  await mine.release();
  expect(await runningOwner(folder)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
  await (await taken(folder)).release();
});

test('the run of a killed process is taken over at once, whatever the clock says', async () => {
  const folder = await newFolder();
  const child = spawn(process.execPath, [
    ...['--import', import.meta.resolve('tsx'), '--input-type=module', '-e'],
    `const { takeRun } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url).href)});
     await takeRun(${JSON.stringify(folder)});
     console.log('taken');
     setInterval(() => {});`,
  ]);
  await new Promise(resolve => child.stdout.once('data', resolve));
  expect(await takeRun(folder)).toEqual({ owner: expect.objectContaining({ pid: child.pid }) });
  const past = new Date(Date.now() - 3_600_000);
  // simulates a clock jump: the process is alive, so the lock holds
  await utimes(join(folder, runFiles.owner), past, past);
  expect(await takeRun(folder)).toEqual({ owner: expect.objectContaining({ pid: child.pid }) });
  child.kill('SIGKILL');
  await new Promise(resolve => child.once('close', resolve));
  await (await taken(folder)).release();
});

test('another machine’s run is free after minutes of silence', async () => {
  const folder = await newFolder();
  await taken(folder);
  const elsewhere = { host: 'elsewhere', pid: 1, startedAt: '2025-01-01T00:00:00.000Z' };
  await writeFile(join(folder, runFiles.owner), JSON.stringify(elsewhere));
  expect(await takeRun(folder)).toEqual({ owner: elsewhere });
  const past = new Date(Date.now() - 10 * 60_000);
  await utimes(join(folder, runFiles.owner), past, past);
  await (await taken(folder)).release();
});
