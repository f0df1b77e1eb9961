import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { makeZip } from '@dgprompt/datasets/prepare/archives';
import { afterEach, expect, test, vi } from 'vitest';
import { imageArguments } from './image-arguments.js';

afterEach(() => vi.unstubAllEnvs());

async function named(...args: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const path of imageArguments(args)) found.push(path);
  return found;
}

test('a folder gives its images, skipping thumbnails and including HEIC', async () => {
  const root = await mkdtemp(join(tmpdir(), 'dgprompt-arguments-'));
  for (const file of [
    'b/2.HEIC',
    'a.jfif',
    'b/1.jpg',
    '@eaDir/1.jpg',
    'b/@eaDir/x.jpg',
    '.thumbnails/1.png',
    'c.txt',
  ]) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
  expect(await named(root)).toEqual(['a.jfif', 'b/1.jpg', 'b/2.HEIC'].map(file => join(root, file)));
});

test('images that a link shows again come once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'dgprompt-arguments-'));
  await mkdir(join(root, 'sub'));
  await writeFile(join(root, '1.jpg'), '');
  await symlink(root, join(root, 'sub', 'loop'), 'junction');
  expect(await named(root)).toEqual([join(root, '1.jpg')]);
});

test('an archive gives its images', async () => {
  const root = await mkdtemp(join(tmpdir(), 'dgprompt-arguments-'));
  vi.stubEnv('DGPROMPT_CACHE', join(root, 'cache'));
  await writeFile(join(root, 'new.zip'), makeZip({ '2.png': 'two', '1.jpg': 'one', 'note.txt': 'no' }));
  expect((await named(join(root, 'new.zip'))).map(path => basename(path))).toEqual(['1.jpg', '2.png']);
});
