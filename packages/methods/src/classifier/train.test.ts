import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, folder } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import { colourFolder, colours } from '../testing/colour-folder.js';
import { tinyClip } from '../testing/tiny.js';
import { resolveMethod } from '../zoo/all.js';
import { linearProbe } from '../zoo/linear-probe.js';
import { loadMethod } from '../zoo/load.js';
import { lpplusplus } from '../zoo/lpplusplus.js';
import { maple } from '../zoo/maple.js';
import { trainClassifier } from './train.js';

let root: string;
let images: string;
let dataset: Dataset;
const clip = () => tinyClip();
const made = (on = clip(), more: object = {}) =>
  maple(on, dataset.classNames, { epochs: 4, batch: 2, lr: 0.02, ...more });
const fitted = (out: string, more: object = {}, method = made()) =>
  trainClassifier(method, dataset, { out, source: images, augment: false, ...more });

beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  root = await mkdtemp(join(tmpdir(), 'dgprompt-classifier-'));
  images = join(root, 'pets');
  await colourFolder(images, colours, 10);
  dataset = await folder(images, { fractions: { train: 0.4, val: 0.3 } });
});
afterAll(() => rm(root, { recursive: true, force: true }));

let out: string;
let count = 0;
beforeEach(() => {
  out = join(root, `out-${count++}`);
});

describe('a trained classifier', () => {
  it('is a folder with prompts, run.json, split.json and a card, and no training files', async () => {
    const trained = await fitted(out);
    const left = await readdir(out);
    expect(left.filter(name => name !== 'card').sort()).toEqual([
      'card.md',
      'prompts.safetensors',
      'run.json',
      'split.json',
    ]);
    const run = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
    expect(run.trained).toEqual(trained);
    expect(trained.images).toEqual({ train: 12, val: 9, test: 9 });
    expect(trained.result).toMatchObject({ on: 'test', images: 9 });
    const card = await readFile(join(out, 'card.md'), 'utf8');
    expect(card).toContain(`| this classifier | ${trained.result.top1.toFixed(1)} |`);
    expect(card).toContain(`| the same CLIP without training | ${trained.result.zeroShot.toFixed(1)} |`);
    for (const name of dataset.classNames) expect(card).toMatch(new RegExp(`^\\| ${name} \\| 4 \\| 3 \\|`, 'm'));
    for (const [, picture] of card.matchAll(/!\[\d\.png\]\((.+?)\)/g))
      expect((await readFile(join(out, picture!))).subarray(0, 2).toString('hex')).toBe('ffd8');
  });

  it('names the views that its method learned from', async () => {
    const viewsOf = async (make: typeof linearProbe | typeof lpplusplus | typeof maple, more: object) => {
      const method = make(clip(), dataset, { epochs: 1, batch: 2 });
      const { views } = await fitted(join(root, `views-${count++}`), more, method);
      return views;
    };
    const cached = { augment: 'crop', cacheFeatures: 4 };
    expect(await viewsOf(linearProbe, cached)).toBe('still');
    expect(await viewsOf(lpplusplus, cached)).toBe('crop from 0.5');
    expect(await viewsOf(lpplusplus, { augment: true, cacheFeatures: 0 })).toBe('still');
    expect(await viewsOf(maple, cached)).toBe('crop, 4 of each image');
  });

  it('has the prompts of the best epoch on the validation images', async () => {
    const { epoch, epochs } = await fitted(out, { seed: 5 });
    const scores = epochs.map(({ validation }) => validation!);
    expect(epoch).toBe(scores.indexOf(Math.max(...scores)) + 1);
    const loaded = await loadMethod(out, clip());
    expect((await evaluate(loaded, dataset.val)).top1).toBe(scores[epoch - 1]);
  });

  it('is bit-identical when training is stopped and the same call repeated', async () => {
    await fitted(out);
    const whole = await readFile(join(out, 'prompts.safetensors'));
    const cut = join(root, 'cut');
    const stop = new AbortController();
    const onProgress = ({ phase, epoch, step }: { phase: string; epoch: number; step: number }) => {
      if (phase === 'steps' && epoch === 3 && step === 2) stop.abort(new Error('enough'));
    };
    await expect(fitted(cut, { signal: stop.signal, onProgress })).rejects.toThrow('enough');
    expect(await readdir(cut)).toEqual(['.training']);
    const seen = { before: [] as number[], after: [] as number[] };
    await fitted(cut, {
      onResume: (done: { number: number }[]) => seen.before.push(...done.map(({ number }) => number)),
      onEpoch: ({ number }: { number: number }) => seen.after.push(number),
    });
    expect(seen).toEqual({ before: [1, 2], after: [3, 4] });
    expect(Buffer.compare(await readFile(join(cut, 'prompts.safetensors')), whole)).toBe(0);
  });
});

describe('throws one sentence before training starts, for', () => {
  it('a folder with a finished classifier', async () => {
    await fitted(out);
    await expect(fitted(out)).rejects.toThrow(/already holds a finished classifier; give another folder/);
  });

  it('a method that adapts to a test as a whole', async () => {
    const method = resolveMethod('dgprompt:adapted+guidance.rank=4')(clip(), dataset.classNames);
    const refused = trainClassifier(method, dataset, { out, source: images });
    await expect(refused).rejects.toThrow(
      /dgprompt:adapted.* adapts to all images of a test, and a classifier sees one/,
    );
  });

  it('a folder with another run in progress', async () => {
    const stop = new AbortController();
    const onEpoch = () => stop.abort(new Error('enough'));
    await expect(fitted(out, { signal: stop.signal, onEpoch })).rejects.toThrow('enough');
    await expect(fitted(out, {}, made(clip(), { lr: 0.5 }))).rejects.toThrow(/another run: its lr is 0.02/);
  });

  it('a folder that cannot be written', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(fitted(join(root, 'file', 'out'))).rejects.toThrow(
      /file\/out cannot be written: part of the path is a file/,
    );
  });
});
