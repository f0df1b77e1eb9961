import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cannotWrite, checkWritable, writeFileAtomic } from './write.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dgprompt-write-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a file is written completely, without leftovers', async () => {
  await writeFileAtomic(join(folder, 'a'), 'one ', new TextEncoder().encode('two'));
  expect(await readdir(folder)).toEqual(['a']);
});

it('a full disk is reported in one sentence that names the file', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(cannotWrite('/x/card.md', full).message).toBe(
    '/x/card.md cannot be written: the disk is full; free some space or choose another path.',
  );
});

it.skipIf(process.platform === 'win32')('a write that fails halfway leaves nothing behind', async () => {
  const program = `import(${JSON.stringify(new URL('./write.ts', import.meta.url).href)})
    .then(({ writeFileAtomic }) => writeFileAtomic(${JSON.stringify(join(folder, 'big'))}, new Uint8Array(1_000_000)))
    .then(() => console.log('written'), error => console.log(error.message))`;
  const limited = `ulimit -f 100; exec "$0" --import "$1" -e "$2"`;
  const { stdout } = await promisify(execFile)('bash', [
    ...['-c', limited, process.execPath, import.meta.resolve('tsx'), program],
  ]);
  expect(stdout).toMatch(/^\S+big cannot be written: the file is too large for the disk; choose another path\.\n$/);
  expect(await readdir(folder)).toEqual([]);
});

it('processes that check the same new folder at once do not disturb each other', async () => {
  for (let round = 0; round < 20; round++)
    await Promise.all(Array.from({ length: 4 }, () => checkWritable(join(folder, 'new', 'inside'))));
});

it('checking a folder leaves no trace', async () => {
  await checkWritable(join(folder, 'new'));
  await checkWritable(join(folder, 'new', 'inside', 'it'));
  await checkWritable(relative(process.cwd(), join(folder, 'new', 'inside', 'it')));
  expect(await readdir(folder)).toEqual([]);
  await writeFileAtomic(join(folder, 'file'), '');
  await expect(checkWritable(join(folder, 'file'))).rejects.toThrow(/cannot be written: a file of that name exists/);
});
