import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type Dataset, folder } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { takeLock } from '@dgprompt/io';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { colourFolder, colours } from '../testing/colour-folder.js';
import { tinyClip } from '../testing/tiny.js';
import { maple } from '../zoo/maple.js';
import { sharedFolder } from './before-training.js';
import { exportModel } from './onnx.js';
import { trainClassifier } from './train.js';
import { exportWeb } from './web.js';

let root: string;
let dataset: Dataset;
let out: string;
let count = 0;
const steps: string[] = [];
const method = (more: object = {}) => maple(tinyClip(), { ...dataset, ...more }, { epochs: 1, batch: 2 });
const fitted = (made = method()) =>
  trainClassifier(made, dataset, { out, source: root, augment: false, onProgress: ({ phase }) => steps.push(phase) });

beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  root = await mkdtemp(join(tmpdir(), 'before-training-'));
  await colourFolder(join(root, 'pets'), colours, 6);
  dataset = await folder(join(root, 'pets'));
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(() => {
  out = join(root, `out-${count++}`);
  steps.length = 0;
});

test('a folder in which another process trains throws, naming the process, and stays untouched', async () => {
  const other = await takeLock(join(out, '.lock'), { doing: 'train' });
  await expect(fitted()).rejects.toThrow(new RegExp(`${out} is in use by process ${process.pid} \\(train, since`));
  expect(await readdir(out)).toEqual(['.lock']);
  if ('release' in other) await other.release();
  await fitted();
  expect(await readdir(out)).not.toContain('.lock');
});

test('a template that is too long throws before the first step and leaves no files', async () => {
  const long = method({ templates: [`${'cat '.repeat(80)}{}`] });
  await expect(fitted(long)).rejects.toThrow(/tokens long; this CLIP takes at most \d+/);
  expect(steps).toEqual([]);
  await expect(readdir(out)).rejects.toThrow('ENOENT');
});

test.each(['card.md', 'card', 'run.json', 'split.json'])('a %s that is not ours is not overwritten', async name => {
  await mkdir(out, { recursive: true });
  if (name === 'card') await mkdir(join(out, name));
  else await writeFile(join(out, name), 'mine');
  await expect(fitted()).rejects.toThrow(`${join(out, name)} already exists, and dgprompt did not write it`);
  expect(steps).toEqual([]);
  if (name !== 'card') expect(await readFile(join(out, name), 'utf8')).toBe('mine');
});

test('exports overwrite only the files of an earlier export', async () => {
  const file = join(root, 'photo.jpg');
  await writeFile(file, 'a photo');
  const made = method();
  await expect(exportModel(made, { file })).rejects.toThrow('already exists and is not a classifier');
  expect(await readFile(file, 'utf8')).toBe('a photo');
  const page = join(root, 'page');
  await mkdir(page);
  for (const name of ['page.js', 'classifier.js', 'thesis.tex']) await writeFile(join(page, name), '');
  await expect(exportWeb(made, { folder: page, title: 'x' })).rejects.toThrow('such as thesis.tex');
  expect(await readdir(page)).toHaveLength(3);
});

test('the shared folder of relative and absolute paths', () => {
  const here = resolve('.');
  expect(sharedFolder(['a/b/1.jpg', 'a/c/2.jpg'])).toBe(resolve('a'));
  expect(sharedFolder(['../x/1.jpg', 'y/2.jpg'])).toBe(resolve('..'));
  expect(sharedFolder(['1.jpg', join(here, 'y', '2.jpg')])).toBe(here);
  expect(relative(sharedFolder(['../x/1.jpg', 'y/2.jpg']), 'y/2.jpg').startsWith('..')).toBe(false);
});
