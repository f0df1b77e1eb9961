import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadTask, taskTitle } from './load-task.js';
import { pictogramTasks } from './tasks.js';

let cacheDir: string;
beforeAll(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'pictograms-'));
});
afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

it('loads a task as a dataset whose images all exist, and renders them only once', async () => {
  const dataset = await loadTask('clothing', { cacheDir });
  expect(dataset.name).toBe('clothing');
  expect(dataset.templates).toEqual(['an icon of a {}.']);
  for (const item of [...dataset.train, ...dataset.val, ...dataset.test]) {
    expect(dataset.classNames[item.label]).toBe(item.classname);
  }
  const { width, height, channels } = await sharp(dataset.test[0]!.path).metadata();
  expect({ width, height, channels }).toEqual({ width: 64, height: 64, channels: 3 });
  expect(readdirSync(join(cacheDir, 'pictograms'))).toHaveLength(1);

  let calls = 0;
  const again = await loadTask('clothing', { cacheDir, onProgress: () => calls++ });
  expect(again).toEqual(dataset);
  expect(calls).toBe(0);
});

it('suggests the nearest task for a name that does not exist', async () => {
  await expect(loadTask('mamals', { cacheDir })).rejects.toThrow('Unknown task "mamals". Did you mean "mammals"?');
  await expect(loadTask('toString', { cacheDir })).rejects.toThrow('Unknown task "toString"');
  expect(() => taskTitle('wether')).toThrow('Did you mean "weather"?');
});

it('gives every task a title', () => {
  const titles = pictogramTasks().map(taskTitle);
  expect(new Set(titles).size).toBe(11);
  expect(titles).toContain('Sky and weather');
});

it('renders nothing if already aborted', async () => {
  const signal = AbortSignal.abort(new Error('not now'));
  await expect(loadTask('weather', { cacheDir, signal })).rejects.toThrow('not now');
  expect(readdirSync(join(cacheDir, 'pictograms')).filter(name => name.startsWith('weather'))).toEqual([]);
});
