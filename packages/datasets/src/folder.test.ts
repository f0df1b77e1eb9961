import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { folder } from './folder.js';

async function folderWith(...files: string[]): Promise<string> {
  const root = join(await mkdtemp(join(tmpdir(), 'dgprompt-folder-')), 'flowers');
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
  return root;
}

const ten = (name: string) => Array.from({ length: 10 }, (_, i) => `${name}/${i}.jpg`);

test('splits every class 50/20/30 by seed, and each image goes to one split', async () => {
  const root = await folderWith(...ten('rose'), ...ten('daisy'), 'rose/notes.txt', 'readme.md', '.cache/x.jpg');
  const flowers = await folder(root);
  expect(flowers).toMatchObject({ name: 'flowers', classNames: ['daisy', 'rose'], templates: ['a photo of a {}.'] });
  expect([flowers.train, flowers.val, flowers.test].map(items => items.length)).toEqual([10, 4, 6]);
  const paths = [...flowers.train, ...flowers.val, ...flowers.test].map(item => item.path);
  expect(new Set(paths).size).toBe(20);
  for (const { path, label, classname } of flowers.train) {
    expect(relative(root, path).startsWith(classname)).toBe(true);
    expect(flowers.classNames[label]).toBe(classname);
  }
  expect(await folder(root)).toEqual(flowers);
  expect((await folder(root, { seed: 2 })).train).not.toEqual(flowers.train);
});

test('keeps splits that the folder brings', async () => {
  const root = await folderWith('train/rose/1.jpg', 'train/daisy/1.jpg', 'test/rose/2.jpg', 'val/daisy/3.JPEG');
  const flowers = await folder(root, { name: 'mine', templates: ['{}.'] });
  expect(flowers).toEqual({
    name: 'mine',
    classNames: ['daisy', 'rose'],
    templates: ['{}.'],
    train: [
      { path: join(root, 'train/daisy/1.jpg'), label: 0, classname: 'daisy' },
      { path: join(root, 'train/rose/1.jpg'), label: 1, classname: 'rose' },
    ],
    val: [{ path: join(root, 'val/daisy/3.JPEG'), label: 0, classname: 'daisy' }],
    test: [{ path: join(root, 'test/rose/2.jpg'), label: 1, classname: 'rose' }],
  });
});

test('two images are enough for a class: one to train and one to test', async () => {
  const flowers = await folder(await folderWith('rose/1.jpg', 'rose/2.jpg', 'daisy/1.jpg', 'daisy/2.jpg'));
  expect([flowers.train, flowers.val, flowers.test].map(items => items.length)).toEqual([2, 0, 2]);
});

test('follows linked class folders', async () => {
  const elsewhere = await folderWith(...ten('rose'));
  const root = await folderWith(...ten('daisy'));
  await symlink(join(elsewhere, 'rose'), join(root, 'rose'));
  expect((await folder(root)).classNames).toEqual(['daisy', 'rose']);
});

test.each([
  [['rose/1.jpg', 'rose/2.jpg'], 'has 1 class folder(s)'],
  [[...ten('rose'), 'daisy/1.jpg'], 'daisy has 1 image(s); a class needs two'],
  [[...ten('rose'), 'daisy/1.txt'], 'daisy has 0 image(s)'],
  [['train/rose/1.jpg', 'train/daisy/1.txt', 'test/rose/1.jpg'], 'daisy has no images'],
  [['train/rose/1.jpg', 'train/daisy/1.jpg', 'test/tulip/1.jpg'], 'tulip is a class that'],
])('names the folder that is wrong', async (files, message) => {
  await expect(folder(await folderWith(...files))).rejects.toThrow(message);
});
