import { existsSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyClip } from '@dgprompt/bench/testing/tiny';
import { useDevice } from '@dgprompt/engine';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { classNames } from './class-names.js';
import { fits, jobs, parts, stepName } from './jobs.js';
import { speedMarkdown } from './markdown.js';
import { itemsOf, photographs } from './photographs.js';
import { newResults } from './results.js';
import { adaptation } from './rows/adaptation.js';
import { backend } from './rows/backend.js';
import { evaluation } from './rows/evaluation.js';
import { fit } from './rows/fit.js';
import { memory } from './rows/memory.js';
import { pipeline } from './rows/pipeline.js';
import { startUp } from './rows/start-up.js';
import { step } from './rows/step.js';
import { tower } from './rows/tower.js';
import { runJob } from './run-job.js';
import { sheets } from './sheets/index.js';
import { targets } from './targets.js';

let model: string;
let photos: string;
beforeAll(async () => {
  model = await tinyClip();
  photos = join(await mkdtemp(join(tmpdir(), 'dgprompt-speed-')), 'photographs');
  await photographs(photos);
  await useDevice();
});

describe('measurements', () => {
  test('a step with cached frozen features gives the same result in fewer operations', async () => {
    for (const method of ['coop', 'dgprompt']) {
      const options = { model, method, batch: 2, repeats: 2 };
      const [whole, cached] = [await step(options), await step({ ...options, cachedFeatures: true })];
      expect(cached.loss).toBeCloseTo(whole.loss, 4);
      expect(cached.operations).toBeLessThan(whole.operations);
      expect(Math.min(whole.seconds, whole.first, cached.seconds)).toBeGreaterThan(0);
    }
  });

  test("twice the images are twice the tower's operations", async () => {
    const [one, two] = [await tower({ model, batch: 1, repeats: 1 }), await tower({ model, batch: 2, repeats: 1 })];
    expect(two.operations).toBe(2 * one.operations);
  });

  test('backends compute the same step', async () => {
    const options = { method: 'coop', batch: 2, threads: 0, repeats: 1 };
    const compiled = await backend({ ...options, backend: 'onnxruntime' });
    const eager = await backend({ ...options, backend: 'cpu' });
    await useDevice();
    expect(eager.loss).toBeCloseTo(compiled.loss, 3);
  });

  test.each(fits)('%s learns from frozen features alone', async method => {
    const { seconds, images } = await fit({ model, method, repeats: 1 });
    expect(images).toBe(16 * classNames.length);
    expect(seconds).toBeGreaterThan(0);
  });

  test('a method that learns from images cannot be fitted on frozen features', async () => {
    await expect(fit({ model, method: 'dgprompt', repeats: 1 })).rejects.toThrow('more than frozen features');
  });

  test('TPT adapts to every image, after one that builds its graph', async () => {
    const { seconds, views } = await adaptation({ model, method: 'tpt:views=15', repeats: 2, photos });
    expect(views).toBe(16);
    expect(seconds).toBeGreaterThan(0);
  });

  test('testing, training from files, start-up and memory give plausible numbers', async () => {
    const tested = await evaluation({ model, method: 'coop', images: 64, photos });
    expect(tested).toMatchObject({ images: expect.any(Number), batch: 32 });
    expect(tested.operations).toBeGreaterThan(0);
    const images = await pipeline({ model, method: 'coop', batch: 2, steps: 3, photos });
    expect(images.images).toBeGreaterThan(1);
    expect(images.waiting).toBeGreaterThanOrEqual(0);
    expect(images.waiting).toBeLessThanOrEqual(1);
    const { total, ...shares } = await startUp({ model, method: 'coop', batch: 2 });
    expect(Object.values(shares).reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(total, 5);
    const resident = await memory({ model, method: 'coop', batch: 2, steps: 30 });
    expect(resident.late / resident.early).toBeGreaterThan(0.5);
  });
});

test('generated photographs are JPEGs of 500 × 375, generated once', async () => {
  const files = await photographs(photos);
  expect(files).toHaveLength((await readdir(photos)).length);
  const { width, height, format } = await sharp(files[0]).metadata();
  expect({ width, height, format }).toEqual({ width: 500, height: 375, format: 'jpeg' });
  expect(itemsOf(files, 30).at(-1)).toMatchObject({ path: files[29 % files.length], label: 29 });
});

describe('tables', () => {
  const settings = { repeats: 3, threads: 0, model: 'file', photos };

  test('int8 appears next to float32 of the same run', () => {
    const results = newResults();
    const put = (name: string, seconds: number, peakBytes: number) =>
      results.add({ row: 'step', name } as never, { result: { seconds }, peakBytes } as never);
    put('maple', 2, 2e9);
    put('maple, int8', 1, 1.5e9);
    put('maple on ViT-L/14', 8, 5e9);
    put('maple on ViT-L/14, int8', 4, 3.5e9);
    expect(sheets(results).find(({ title }) => title === 'Frozen towers in int8')!.rows).toEqual([
      ["MaPLe's step, batch 4", '2.00 s', '1.00 s', '2.00 ×', '1.5 GB', '0.75 ×'],
      ["MaPLe's step on ViT-L/14, batch 4", '8.00 s', '4.00 s', '2.00 ×', '3.5 GB', '0.70 ×'],
    ]);
    const int8 = targets(results).filter(({ text }) => text.startsWith('int8'));
    expect(int8.map(({ measured, reached }) => [measured, reached])).toEqual([
      ['2.00 ×', true],
      ['0.70 ×', false],
    ]);
    const own = jobs(['int8'], settings).filter(({ precision }) => precision === 'int8');
    expect(own.map(({ name }) => name)).toEqual([
      'tower, batch 4, int8',
      'maple, int8',
      'promptsrc, int8',
      'dgprompt, cached features, int8',
      'tower on ViT-L/14, batch 4, int8',
      'maple on ViT-L/14, int8',
    ]);
  });

  test('PyTorch appears next to both, given a Python', () => {
    const results = newResults();
    const put = (row: string, name: string, result: object) =>
      results.add({ row, name } as never, { result, peakBytes: 1e9 } as never);
    put('step', 'maple', { seconds: 2 });
    put('step', 'maple, int8', { seconds: 1 });
    put('torch', 'maple, PyTorch float32', { seconds: 8, peakBytes: 3e9 });
    results.add({ row: 'torch', name: 'maple, PyTorch bfloat16' } as never, { error: 'there is no torch.' });
    expect(sheets(results).find(({ title }) => title.startsWith('PyTorch'))!.rows).toEqual([
      ["MaPLe's step, batch 4, float32", '8.00 s', '4.00 ×', '8.00 ×', '3.0 GB'],
      ["MaPLe's step, batch 4, bfloat16: left out, there is no torch", '–', '–', '–', '–'],
    ]);
    const torch = (python?: string) => jobs(['int8'], { ...settings, python }).filter(({ row }) => row === 'torch');
    expect([torch().length, torch('python3').length]).toEqual([0, 6]);
  });

  test('without such a Python, PyTorch is skipped with one sentence', async () => {
    const [job] = jobs(['int8'], { ...settings, python: '/there/is/none' }).filter(({ row }) => row === 'torch');
    const given = { device: 'cpu', threads: 0, signal: new AbortController().signal } as const;
    const said = { error: '/there/is/none cannot measure PyTorch: there is no such program.' };
    expect(await runJob(job!, given)).toEqual(said);
    expect(existsSync((job!.options as { program: string }).program)).toBe(true);
  });

  test('nothing is measured twice; checkpoint and ceiling come first', () => {
    const all = jobs(parts, settings).map(({ row, name }) => `${row} ${name}`);
    expect(all.slice(0, 2)).toEqual(['model checkpoint', 'ceiling ceiling']);
    expect(new Set(all).size).toBe(all.length);
  });

  test('list what was measured, what was skipped and why, and which targets are reached', () => {
    const results = newResults();
    const put = (row: string, name: string, result: object, peakBytes = 1.7e9) =>
      results.add({ row, name } as never, { result, peakBytes } as never);
    put('ceiling', 'ceiling', { rate: 500e9 });
    put('step', 'maple', { seconds: 1, operations: 400e9, first: 2, loss: 4 });
    put('step', 'hicropl', { seconds: 1.5, operations: 600e9, first: 2, loss: 4 }, 2.3e9);
    put('fit', 'lpplusplus', { seconds: 0.5, images: 800 }, 0.6e9);
    put('adaptation', 'tpt', { seconds: 20, views: 64 }, 3e9);
    put('step', stepName('dgprompt', true), { seconds: 2.5, operations: 600e9, first: 3, loss: 4 }, 2.1e9);
    results.add({ row: 'backend', name: 'maple on tensorflow' } as never, { error: 'tfjs-node is not installed.' });
    expect(targets(results).map(({ measured, reached }) => [measured, reached])).toEqual([
      ['80 %', true],
      ['1.70 GB', true],
      ['2.50 ×', false],
      ['2.10 GB', false],
    ]);
    const text = speedMarkdown(results, 'cpu');
    expect(text).toContain('| MaPLe | 4 | 1.00 s | 400 GFLOP | 80 % | 1.00 × | 1.7 GB |');
    expect(text).toContain('| HiCroPL | 4 | 1.50 s | 600 GFLOP | 80 % | 1.50 × | 2.3 GB |');
    expect(text).toContain('| LP++ | 800 | 500 ms | 600 MB |');
    expect(text).toContain('| TPT | 64 | 20.00 s | 20.00 × | 3.0 GB |');
    expect(text).toContain('MaPLe, tfjs-node: left out, tfjs-node is not installed');
    expect(text).toContain('**no**');
    expect(sheets(results).map(({ title }) => title)).toEqual([
      'Training step',
      'Training step of the other methods',
      'A whole fit on frozen features, its search of settings on validation images included',
      'Testing an image with a method that adapts to it',
      'Training step of the mini-CLIP on other backends, batch 4',
    ]);
  });
});

test('a measurement that fails in its process reports why', async () => {
  const [job] = jobs(['start-up'], { repeats: 1, threads: 0, model: '/there/is/none', photos }).slice(-1);
  const given = { device: 'cpu', threads: 0, signal: new AbortController().signal } as const;
  expect(await runJob(job!, given)).toEqual({ error: 'There is no file or folder "/there/is/none".' });
});
