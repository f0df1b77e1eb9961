import { cp, mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataset, folder } from '@dgprompt/datasets';
import { expect, test } from 'vitest';
import { checkContents, contentsOf, fingerprint } from './fingerprint.js';

const item = (path: string, label: number) => ({ path, label, classname: 'ab'[label] as string });
const at = (root: string) =>
  createDataset({
    name: 'x',
    classNames: ['a', 'b'],
    train: [item(`${root}/a/1.png`, 0), item(`${root}/b/1.png`, 1)],
    test: [item(`${root}/a/2.png`, 0)],
  });
const plain = (dataset: ReturnType<typeof at>) => fingerprint(dataset, new Map());

test('moved data is the same data', () => {
  expect(plain(at('/home/me/flowers'))).toBe(plain(at('/data/flowers')));
  expect(plain(at('/data/flowers'))).not.toBe(plain(at('/data/leaves')));
});

test('another image, label, split, class name or template is different data', () => {
  const data = at('/data/flowers');
  const variants = [
    data,
    { ...data, test: [item('/data/flowers/a/3.png', 0)] },
    { ...data, test: [item('/data/flowers/a/2.png', 1)] },
    { ...data, test: data.val, val: data.test },
    { ...data, classNames: ['a', 'c'] },
    { ...data, templates: ['{}'] },
    { ...data, content: 'flowers-1' },
    { ...data, content: 'flowers-2' },
  ];
  expect(new Set(variants.map(plain)).size).toBe(variants.length);
});

async function flowers() {
  const root = join(await mkdtemp(join(tmpdir(), 'dgprompt-data-')), 'flowers');
  for (const name of ['rose', 'daisy']) {
    await mkdir(join(root, name), { recursive: true });
    for (let i = 0; i < 4; i++) await writeFile(join(root, name, `${i}.png`), `${name} ${i}`);
  }
  return root;
}
const identity = async (root: string) => {
  const dataset = await folder(root);
  return fingerprint(dataset, await contentsOf([dataset]));
};

test('swapped folders and a replaced picture are different data, a copy is the same', async () => {
  const root = await flowers();
  const before = await identity(root);
  const copy = join(await mkdtemp(join(tmpdir(), 'dgprompt-data-')), 'flowers');
  await cp(root, copy, { recursive: true });
  expect(await identity(copy)).toBe(before);
  await rename(join(root, 'rose'), join(root, 'x'));
  await rename(join(root, 'daisy'), join(root, 'rose'));
  await rename(join(root, 'x'), join(root, 'daisy'));
  expect(await identity(root)).not.toBe(before);
  await writeFile(join(copy, 'rose', '0.png'), 'Rose 0');
  expect(await identity(copy)).not.toBe(before);
});

test('a picture that is replaced after planning is named; known content is not read', async () => {
  const dataset = await folder(await flowers());
  const before = await contentsOf([dataset]);
  await checkContents(dataset.test, before);
  const { path } = dataset.test[0]!;
  await writeFile(path, 'another');
  await expect(checkContents(dataset.test, before)).rejects.toThrow(`${path} was replaced after this run`);
  expect((await contentsOf([{ ...dataset, content: 'flowers-1' }])).size).toBe(0);
});
