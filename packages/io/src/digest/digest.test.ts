import { mkdtemp, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sha256Hex } from '../runtime/hash.js';

const reads: string[] = [];
vi.mock('../runtime/files.js', async original => {
  const real = await original<typeof import('../runtime/files.js')>();
  const readBytes = (path: string) => {
    reads.push(path);
    return real.readBytes(path);
  };
  return { ...real, readBytes };
});

let folder: string;
/** Simulates a new process, which has only the cache on disk. */
async function fresh() {
  vi.resetModules();
  reads.length = 0;
  return import('./digest.js');
}
const imagesRead = () => reads.filter(path => !path.endsWith('.txt')).map(path => path.slice(folder.length + 1));
const later = () => vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dgprompt-digest-'));
  vi.stubEnv('DGPROMPT_CACHE', join(folder, 'cache'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('settled files are read once for all processes', async () => {
  const files = ['a', 'b'].map(name => join(folder, name));
  for (const file of files) await writeFile(file, file);
  later();
  const first = await fresh();
  expect(await first.digests(files)).toEqual(new Map(files.map(file => [file, sha256Hex(file)])));
  expect(imagesRead()).toEqual(['a', 'b']);
  const next = await fresh();
  expect(await next.contentDigest(files[0]!)).toBe(sha256Hex(files[0]!));
  expect((await next.digests(files)).size).toBe(2);
  expect(imagesRead()).toEqual([]);
});

test('a new file of the same name gets a new digest, even with the same size and time', async () => {
  const file = join(folder, 'a');
  await writeFile(file, 'one');
  const { atime, mtime } = await stat(file);
  later();
  const { contentDigest, digests } = await fresh();
  await digests([file]);
  await writeFile(join(folder, 'b'), 'two');
  await rename(join(folder, 'b'), file);
  await utimes(file, atime, mtime);
  expect(await contentDigest(file)).toBe(sha256Hex('two'));
  await writeFile(file, 'six');
  await utimes(file, atime, mtime);
  expect((await (await fresh()).digests([file])).get(file)).toBe(sha256Hex('six'));
});

test('the digest of a file that changed in the last two seconds is not kept', async () => {
  const file = join(folder, 'a');
  await writeFile(file, 'one');
  const { digests } = await fresh();
  await digests([file]);
  await digests([file]);
  expect(imagesRead()).toEqual(['a', 'a']);
});

test('a damaged cache counts as empty', async () => {
  const file = join(folder, 'a');
  await writeFile(file, 'one');
  later();
  await (await fresh()).digests([file]);
  const [kept] = await readdir(join(folder, 'cache', 'digests'));
  const cache = join(folder, 'cache', 'digests', kept!);
  await writeFile(cache, (await readFile(cache, 'utf8')).replace(sha256Hex('one').slice(0, 8), '00000000'));
  expect((await (await fresh()).digests([file])).get(file)).toBe(sha256Hex('one'));
});

test('missing and non-plain files are left out of many and throw alone; progress and stop', async () => {
  const files = Array.from({ length: 40 }, (_, i) => join(folder, String(i)));
  for (const file of files) await writeFile(file, file);
  const { contentDigest, digests } = await fresh();
  expect((await digests([folder, join(folder, 'none'), files[0]!])).size).toBe(1);
  await expect(contentDigest(folder)).rejects.toThrow(`${folder} is not a file`);
  const seen: { done: number; total: number }[] = [];
  await digests(files, { onProgress: one => seen.push(one) });
  expect(seen.at(-1)).toEqual({ phase: 'digests', done: 40, total: 40 });
  await expect(digests(files, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
});
