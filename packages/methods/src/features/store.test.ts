import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tinyClip } from '../testing/tiny.js';
import { storedRows } from './store.js';

const clip = tinyClip();

const rows = (first: number) => [
  { values: Float32Array.of(first, 2, 3, 4), width: 2 },
  { values: Float32Array.of(5, 6), width: 1 },
];

async function twoImages() {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-features-'));
  const paths = ['a', 'b'].map(name => join(folder, name));
  for (const path of paths) await writeFile(path, path);
  return { store: { folder: join(folder, 'features'), setting: 'cpu' }, paths };
}

const never = () => Promise.reject(new Error('computed again'));

test('rows are computed once for all processes, and restored bit for bit', async () => {
  const { store, paths } = await twoImages();
  expect(await storedRows(store, clip, paths, 'image', async () => rows(0.1))).toEqual(rows(0.1));
  expect(await storedRows(store, clip, paths, 'image', never)).toEqual(rows(0.1));
});

test('other images, another order, CLIP or setting give other features', async () => {
  const { store, paths } = await twoImages();
  await storedRows(store, clip, paths, 'image', async () => rows(1));
  await expect(storedRows(store, { ...clip, id: 'other' }, paths, 'image', never)).rejects.toThrow('computed again');
  await expect(storedRows(store, clip, [...paths].reverse(), 'image', never)).rejects.toThrow('computed again');
  const other = { id: clip.id, config: { ...clip.config, activation: 'gelu' as const } };
  await expect(storedRows(store, other, paths, 'image', never)).rejects.toThrow('computed again');
  await expect(storedRows({ ...store, setting: 'gpu' }, clip, paths, 'image', never)).rejects.toThrow('computed again');
});

test('a damaged file, a folder in the way and views without files only cost time', async () => {
  const { store, paths } = await twoImages();
  await storedRows(store, clip, paths, 'image', async () => rows(1));
  const [name] = await readdir(store.folder);
  await writeFile(join(store.folder, name!), 'short');
  expect(await storedRows(store, clip, paths, 'image', async () => rows(2))).toEqual(rows(2));
  expect(await storedRows({ ...store, folder: paths[0]! }, clip, paths, 'image', async () => rows(3))).toEqual(rows(3));
  expect(await storedRows(store, clip, ['no file'], 'image', async () => rows(4))).toEqual(rows(4));
});

test('a well-formed file with other numbers is computed again', async () => {
  const { store, paths } = await twoImages();
  await storedRows(store, clip, paths, 'image', async () => rows(1));
  const [name] = await readdir(store.folder);
  const bytes = await readFile(join(store.folder, name!));
  bytes[bytes.length - 3]! ^= 1;
  await writeFile(join(store.folder, name!), bytes);
  expect(await storedRows(store, clip, paths, 'image', async () => rows(1))).toEqual(rows(1));
  await expect(storedRows(store, clip, paths, 'image', never)).resolves.toEqual(rows(1));
});

test('features of images that are replaced while computed are not kept, and a replaced image counts as another', async () => {
  const { store, paths } = await twoImages();
  await storedRows(store, clip, paths, 'image', async () => {
    await writeFile(paths[0]!, 'replaced');
    return rows(1);
  });
  await writeFile(paths[0]!, paths[0]!);
  await expect(storedRows(store, clip, paths, 'image', never)).rejects.toThrow('computed again');
  await storedRows(store, clip, paths, 'image', async () => rows(2));
  await writeFile(paths[1]!, 'another');
  await expect(storedRows(store, clip, paths, 'image', never)).rejects.toThrow('computed again');
});

test('a CLIP that was not loaded from a file is another one each time', async () => {
  const { store, paths } = await twoImages();
  await storedRows(store, { ...clip, id: '' }, paths, 'image', async () => rows(1));
  expect(await storedRows(store, { ...clip, id: '' }, paths, 'image', async () => rows(2))).toEqual(rows(2));
});
