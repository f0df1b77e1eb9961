import { readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder } from '../testing/miniature.js';
import { diskCache } from './disk-cache.js';

async function counted(view = 'test-4') {
  const work = await emptyFolder();
  const image = join(work, 'a.jpg');
  await writeFile(image, 'four');
  const folder = join(work, 'cache');
  const loads: string[] = [];
  const load = async (path: string) => {
    loads.push(path);
    return new Uint8Array(await readFile(path));
  };
  return { folder, image, loads, load, cached: diskCache({ folder, view, load }) };
}

const files = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile());

test('loads an image once, also across processes', async () => {
  const { folder, image, loads, load, cached } = await counted();
  const first = await cached(image);
  expect(Buffer.from(first).toString()).toBe('four');
  expect(await cached(image)).toEqual(first);
  expect(await diskCache({ folder, view: 'test-4', load })(image)).toEqual(first);
  expect(loads).toHaveLength(1);
  expect(await files(folder)).toHaveLength(1);
});

test('another view, a changed image and a damaged entry are loaded again', async () => {
  const { folder, image, loads, load, cached } = await counted();
  await cached(image);
  await diskCache({ folder, view: 'test-8', load })(image);
  expect(loads).toHaveLength(2);
  await writeFile(image, 'five!');
  await utimes(image, 1, 1);
  expect(Buffer.from(await cached(image)).toString()).toBe('five!');
  expect(loads).toHaveLength(3);
  for (const { parentPath, name } of await files(folder)) {
    const file = join(parentPath, name);
    await writeFile(file, (await readFile(file)).subarray(0, 10));
  }
  expect(Buffer.from(await cached(image)).toString()).toBe('five!');
  expect(loads).toHaveLength(4);
});

test('the content decides: another image of the same name, size and time is loaded, the same one elsewhere is not', async () => {
  const { image, loads, cached } = await counted();
  const { atime, mtime } = await stat(image);
  await cached(image);
  await writeFile(image, 'five');
  await utimes(image, atime, mtime);
  expect(Buffer.from(await cached(image)).toString()).toBe('five');
  await rename(image, `${image}.moved`);
  expect(Buffer.from(await cached(`${image}.moved`)).toString()).toBe('five');
  expect(loads).toHaveLength(2);
});

test('an entry of the right length with other bytes is loaded again', async () => {
  const { folder, image, loads, cached } = await counted();
  await cached(image);
  const [entry] = await files(folder);
  const file = join(entry!.parentPath, entry!.name);
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
  expect(Buffer.from(await cached(image)).toString()).toBe('four');
  expect(loads).toHaveLength(2);
});

test('an image that does not load leaves nothing behind', async () => {
  const { folder, cached, image } = await counted();
  await expect(cached(`${image}.no`)).rejects.toThrow('ENOENT');
  await expect(readdir(folder)).rejects.toThrow('ENOENT');
});

test('a cache that cannot be written is not an error', async () => {
  const { image, load } = await counted();
  const cached = diskCache({ folder: join(image, 'below-a-file'), view: 'x', load });
  expect(Buffer.from(await cached(image)).toString()).toBe('four');
});
