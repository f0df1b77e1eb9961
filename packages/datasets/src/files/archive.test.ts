import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { folder } from '../own/folder.js';
import { makeTar, makeZip } from '../prepare/archives.js';
import { unpackedFolder } from './archive.js';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'dgprompt-archive-'));
  vi.stubEnv('DGPROMPT_CACHE', join(place, 'cache'));
});
afterEach(() => vi.unstubAllEnvs());

const images = (...names: string[]) =>
  Object.fromEntries(names.flatMap(name => [0, 1, 2, 3].map(i => [`${name}/${i}.jpg`, `${name} ${i}`] as const)));
const stored = async (name: string, bytes: Uint8Array) => {
  await writeFile(join(place, name), bytes);
  return join(place, name);
};
const cached = () => readdir(join(place, 'cache', 'archives')).catch(() => []);

test('a zip in place of a folder is unpacked once, and read as that folder', async () => {
  const zip = await stored('flowers.zip', makeZip({ ...images('rose', 'daisy'), '__MACOSX/rose/._0.jpg': 'x' }));
  const flowers = await folder(zip);
  expect(flowers).toMatchObject({ name: 'flowers', classNames: ['daisy', 'rose'] });
  expect(await cached()).toHaveLength(1);
  expect(await folder(zip)).toEqual(flowers);
  expect(await cached()).toHaveLength(1);
});

test('folders that only hold the next one are skipped, also in a tar.gz', async () => {
  const tar = await makeTar(images('photos/mine/train/rose', 'photos/mine/train/daisy', 'photos/mine/test/rose'));
  const { train, test } = await folder(await stored('mine.tar.gz', tar));
  expect([train.length, test.length]).toEqual([8, 4]);
});

test('several calls unpack the same archive at the same time', async () => {
  const zip = await stored('flowers.zip', makeZip(images('rose', 'daisy')));
  const folders = await Promise.all([1, 2, 3].map(() => unpackedFolder(zip)));
  expect(new Set(folders).size).toBe(1);
  expect(await cached()).toHaveLength(1);
});

test.each([
  ['a name that leads out', { '../rose/0.jpg': 'x' }, 'would be written outside the folder'],
  ['a link', { 'rose/0.jpg': 'link:/etc/hosts' }, 'is a link or another special file'],
])('an archive with %s is refused, and leaves nothing', async (_, files, says) => {
  const zip = await stored('bad.zip', makeZip(files));
  await expect(folder(zip)).rejects.toThrow(says);
  expect(await cached()).toEqual([]);
});

test('a damaged archive and an absent one are named', async () => {
  const zip = await stored('cut.zip', makeZip(images('rose', 'daisy')).subarray(0, 300));
  await expect(folder(zip)).rejects.toThrow(`${zip} is damaged`);
  await expect(unpackedFolder(join(place, 'absent.zip'))).rejects.toThrow('absent.zip cannot be read');
  await expect(folder(join(place, 'absent.zip'))).rejects.toThrow('absent.zip does not exist');
});
