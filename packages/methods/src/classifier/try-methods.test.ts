import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, folder } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { usePillow } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import { cosineLogits } from '../learner/logits.js';
import type { Method } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import type { TriedMethod } from '../method/trained.js';
import { colourFolder, colours } from '../testing/colour-folder.js';
import { tinyClip } from '../testing/tiny.js';
import { evalTransform } from '../transforms/transform.js';
import { resolveMethod } from '../zoo/all.js';
import { loadMethod } from '../zoo/load.js';
import { foldsOf } from './cross-validation.js';
import { trainClassifier } from './train.js';

let root: string;
let dataset: Dataset;
const clip = tinyClip();

beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  root = await mkdtemp(join(tmpdir(), 'dgprompt-several-'));
  await colourFolder(join(root, 'pets'), colours, 10);
  dataset = await folder(join(root, 'pets'), { fractions: { train: 0.4, val: 0.3 } });
});
afterAll(() => rm(root, { recursive: true, force: true }));

let out: string;
let count = 0;
beforeEach(() => {
  out = join(root, `out-${count++}`);
});

const made = (ids: readonly string[], on = dataset): Method[] =>
  ids.map(id => resolveMethod(id)(clip, on, id === 'maple' ? { epochs: 3, batch: 4, lr: 0.02 } : {}));
const all = ['clip', 'clip:memory', 'linear-probe', 'maple'];
const trained = (ids: readonly string[], more: object = {}, on = dataset) =>
  trainClassifier(made(ids, on), on, { out, source: join(root, 'pets'), augment: false, ...more });

/** Adapts to each image by turning its logits around. */
const opposite = defineMethod({
  name: 'opposite',
  options: {},
  recipe: () => ({ lr: 1, epochs: 0, batch: 4 }),
  build(on) {
    const factor = tf.variable(tf.scalar(1));
    return {
      variables: { factor },
      logits: both => tf.mul(cosineLogits(both, on.logitScale), factor) as tf.Tensor2D,
      adapt: { views: 1, steps: 1, lr: 2, optimizer: { name: 'sgd' }, loss: () => tf.mul(factor, 1) as tf.Scalar },
    };
  },
});

describe('of several methods', () => {
  it('the best on validation images is saved, the first on a tie, with the results of all', async () => {
    const { compared, result } = await trained(all);
    const { saved, methods, on, images } = compared!;
    expect([on, images]).toEqual(['validation', dataset.val.length]);
    expect(methods.map(({ name }) => name)).toEqual(all);
    const best = Math.max(...methods.map(({ top1 }) => top1!));
    expect(saved).toBe(methods.find(({ top1 }) => top1 === best)!.name);
    const loaded = await loadMethod(out, clip);
    expect(loaded.name).toBe(saved);
    expect((await evaluate(loaded, dataset.val)).top1).toBe(best);
    expect((await evaluate(loaded, dataset.test)).top1).toBe(result.top1);
    expect(await readFile(join(out, 'card.md'), 'utf8')).toMatch(/^\| linear-probe(, saved)? \| [\d.]+ \| [\d.]+ \|$/m);
    const again = await trainClassifier(made(['clip', 'clip']), dataset, { out: `${out}-same`, source: root });
    expect(again.compared!.saved).toBe('clip');
    expect((await loadMethod(`${out}-same`, clip)).name).toBe('clip');
    expect((await readFile(join(`${out}-same`, 'card.md'), 'utf8')).match(/, saved/g)).toHaveLength(1);
  });

  it('a given view measures on validation images, and the saved one is tested as it predicts', async () => {
    const standard = evalTransform(clip.preparation);
    const black = { ...standard, load: async () => new Float32Array(3 * 8 * 8) };
    const { compared, result } = await trained(['clip', 'clip:memory'], { testTransform: black });
    const onBlack = (await evaluate(made(['clip'])[0]!, dataset.val, { transform: black })).top1;
    expect(compared!.methods[0]!.top1).toBe(onBlack);
    expect((await evaluate(await loadMethod(out, clip), dataset.test)).top1).toBe(result.top1);
  });

  it('each reaches the same accuracy as alone', async () => {
    const { compared } = await trained(all);
    const alone = await trainClassifier(made(['maple'])[0]!, dataset, {
      ...{ out: `${out}-alone`, source: root, augment: false },
    });
    expect(compared!.methods[3]!.top1).toBe(Math.max(...alone.epochs.map(({ validation }) => validation!)));
    const probe = await trainClassifier(made(['linear-probe'])[0]!, dataset, { out: `${out}-probe`, source: root });
    expect(compared!.methods[2]!.top1).toBe(probe.epochs[0]!.validation);
  });

  it('an interruption saves the best so far, and the next call continues with the unfinished one', async () => {
    const stop = new AbortController();
    const onEpoch = ({ number, epochs }: { number: number; epochs: number }) => {
      if (epochs === 3 && number === 2) stop.abort(new Error('enough'));
    };
    const first = await trained(all, { signal: stop.signal, onEpoch });
    const last = first.compared!.methods[3]!;
    expect(last.reason).toBe('interrupted after epoch 2 of 3');
    const best = Math.max(...first.compared!.methods.map(({ top1 }) => top1 ?? 0));
    expect((await evaluate(await loadMethod(out, clip), dataset.val)).top1).toBe(best);
    expect(await readdir(out)).toContain('.training');

    const seen: { tried: TriedMethod[]; epochs: number[] } = { tried: [], epochs: [] };
    const second = await trained(all, {
      onTried: (one: TriedMethod) => seen.tried.push(one),
      onEpoch: ({ number }: { number: number }) => seen.epochs.push(number),
    });
    expect(seen.epochs).toEqual([3]);
    expect(seen.tried.slice(0, 3)).toEqual(first.compared!.methods.slice(0, 3));
    expect(await readdir(out)).not.toContain('.training');
    out = `${out}-whole`;
    const whole = await trained(all);
    const scores = ({ compared }: typeof whole) => compared!.methods.map(({ top1 }) => top1);
    expect(scores(second)).toEqual(scores(whole));
    expect([second.compared!.saved, second.result]).toEqual([whole.compared!.saved, whole.result]);
  });

  it('a method that was tried is found again in another list of methods', async () => {
    const stop = new AbortController();
    const onMethod = ({ name }: Method) => name === 'maple' && stop.abort();
    const first = await trained(all, { signal: stop.signal, onMethod });
    const second = await trained(['linear-probe', 'clip:memory']);
    expect(second.compared!.methods).toEqual([2, 1].map(i => first.compared!.methods[i]));
    const { saved, methods } = second.compared!;
    const top1 = methods.find(({ name }) => name === saved)!.top1;
    expect((await evaluate(await loadMethod(out, clip), dataset.val)).top1).toBe(top1);
  });

  it('an interrupted comparison starts again in another precision, or with another Pillow', async () => {
    const interrupted = async () => {
      const stop = new AbortController();
      const onMethod = ({ name }: Method) => name === 'maple' && stop.abort();
      await trained(all, { signal: stop.signal, onMethod });
      const tried = await readFile(join(out, '.training', 'tried.json'), 'utf8');
      return (JSON.parse(tried) as { identity: string }[]).map(({ identity }) => identity);
    };
    const before = await interrupted();
    expect(before).toHaveLength(3);
    usePillow(12);
    const older = await interrupted();
    usePillow(undefined);
    await useDevice({ threads: 1, precision: 'int8' });
    const narrow = await interrupted();
    await useDevice({ backend: 'cpu' });
    expect(new Set([...before, ...older, ...narrow]).size).toBe(9);
    expect(await interrupted()).toEqual(before);
  });

  it('an interrupted method that is the best has the prompts of its best epoch', async () => {
    const stop = new AbortController();
    const onEpoch = ({ number }: { number: number }) => number === 2 && stop.abort(new Error('enough'));
    const first = await trained(['clip', 'maple'], { signal: stop.signal, onEpoch });
    const [zeroShot, maple] = first.compared!.methods;
    expect(maple!.top1!).toBeGreaterThan(zeroShot!.top1!);
    expect(first.compared!.saved).toBe('maple');
    expect((await evaluate(await loadMethod(out, clip), dataset.val)).top1).toBe(maple!.top1);
  });
});

describe('without validation images', () => {
  it('methods without gradient steps are compared by cross-validation, and the others are left out', async () => {
    const none = { ...dataset, val: [] };
    const { compared } = await trained(all, {}, none);
    expect(compared).toMatchObject({ on: 'training', images: 12, folds: 4 });
    const [zeroShot, , , maple] = compared!.methods;
    expect(maple).toMatchObject({ reason: 'not trained, without validation images' });
    expect(maple!.top1).toBeUndefined();
    expect(zeroShot!.top1).toBe((await evaluate(made(['clip'])[0]!, dataset.train)).top1);
    const loaded = await loadMethod(out, clip);
    const alone = made(['linear-probe'], none)[0]!;
    const { compared: _, ...probe } = await trainClassifier(alone, none, { out: `${out}-probe`, source: root });
    if (loaded.name === 'linear-probe') expect((await evaluate(loaded, dataset.test)).top1).toBe(probe.result.top1);
  });

  it('one image per class leaves nothing to compare on, and the first method is saved', async () => {
    const [a, b, c] = dataset.classNames.map((_, label) => dataset.train.find(item => item.label === label)!);
    const { compared } = await trained(all, {}, { ...dataset, train: [a!, b!, c!], val: [] });
    expect(compared).toMatchObject({ saved: 'clip', images: 0, folds: 1 });
  });

  it('a method that was not trained is never saved, whatever the order', async () => {
    const [a, b, c] = dataset.classNames.map((_, label) => dataset.train.find(item => item.label === label)!);
    const { compared } = await trained(['maple', 'clip:memory'], {}, { ...dataset, train: [a!, b!, c!], val: [] });
    expect(compared).toMatchObject({ saved: 'clip:memory', folds: 1 });
    expect(await readFile(join(out, 'card.md'), 'utf8')).toContain('The first of these without gradient steps: there');
    out = `${out}-none`;
    await expect(trained(['maple', 'coop'], {}, { ...dataset, val: [] })).rejects.toThrow(
      'maple, coop cannot be compared without validation images; give some, or one method.',
    );
  });

  it('a method that adapts to each image is measured as it is tested', async () => {
    const few = (label: number) => dataset.train.filter(item => item.label === label).slice(0, 2 + label);
    const uneven = { ...dataset, train: [...few(0), ...few(1), ...few(2)], val: [] };
    const { compared } = await trainClassifier(
      [made(['clip'], uneven)[0]!, opposite(clip, uneven)],
      ...([uneven, { out, source: root }] as const),
    );
    const [asItIs, adapted] = await Promise.all(
      [made(['clip'], uneven)[0]!, opposite(clip, uneven)].map(one => evaluate(one, uneven.train)),
    );
    expect(adapted!.top1).not.toBe(asItIs!.top1);
    expect(compared!.methods.map(({ top1 }) => top1)).toEqual([asItIs!.top1, adapted!.top1]);
  });

  it('every image of a class with several is held out once', () => {
    const item = (label: number) => ({ path: '', label, classname: '' });
    const { count, of, held } = foldsOf([0, 1, 0, 2, 1, 0, 1].map(item));
    expect([count, of, held]).toEqual([3, [0, 0, 1, undefined, 1, 2, 2], [0, 1, 2, 4, 5, 6]]);
  });
});

describe('throws one sentence for', () => {
  it('no methods, and methods of other classes', async () => {
    await expect(trained([])).rejects.toThrow('There are no methods to train; give at least one.');
    const other = resolveMethod('clip')(clip, ['cat', 'owl']);
    const methods = [...made(['clip']), other];
    await expect(trainClassifier(methods, dataset, { out, source: root })).rejects.toThrow(
      'clip has another CLIP or other classes than clip; make all methods of the same.',
    );
  });

  it('a folder with unfinished training of one method, or of several', async () => {
    const stopped = async (ids: readonly string[], at: string) => {
      const stop = new AbortController();
      const onEpoch = ({ epochs }: { epochs: number }) => epochs === 3 && stop.abort(new Error('enough'));
      await trained(ids, { out: at, signal: stop.signal, onEpoch }).catch(() => {});
    };
    await stopped(['maple'], `${out}-one`);
    await expect(trained(all, { out: `${out}-one` })).rejects.toThrow(/has unfinished training of maple alone; finish/);
    await stopped(['clip', 'maple'], `${out}-two`);
    await expect(trained(['maple'], { out: `${out}-two` })).rejects.toThrow(/has an unfinished comparison of methods/);
  });
});
