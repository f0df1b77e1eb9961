import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { frozenText } from '../features/text.js';
import { cosineLogits } from '../learner/logits.js';
import { imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { coop } from '../zoo/coop.js';
import { dgpromptFirst } from '../zoo/dgprompt-first.js';
import { maple } from '../zoo/maple.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { evaluate } from './evaluate.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});

/** A CLIP that counts the passes through its towers. */
function counting(inner: Clip) {
  const counts = { text: 0, vision: 0 };
  const counted = <A extends unknown[], R>(f: (...args: A) => R, ...towers: ('text' | 'vision')[]) => {
    return (...args: A): R => {
      for (const tower of towers) counts[tower]++;
      return f(...args);
    };
  };
  const clip: Clip = {
    ...inner,
    text: counted(inner.text, 'text'),
    ensemble: counted(inner.ensemble, 'text'),
    textStates: counted(inner.textStates, 'text'),
    vision: counted(inner.vision, 'vision'),
    visionStates: counted(inner.visionStates, 'vision'),
    forwardJoint: counted(inner.forwardJoint, 'text', 'vision'),
  };
  return { counted: clip, counts };
}

describe('evaluate', () => {
  it('counts the images whose most likely class is their own', async () => {
    const test = items(4);
    const views = imageViews();
    const pixels = await Promise.all(test.map(({ path }) => views.load(path, { next: () => 0 })));
    const image = clip.vision(
      tf.tensor(
        pixels.flatMap(p => [...p]),
        [12, 3, 8, 8],
      ),
    );
    const logits = cosineLogits({ image, text: clip.text(names) }, clip.logitScale);
    const predicted = [...tf.argMax(logits, 1).dataSync()];
    const right = test.map(({ label }, i) => (predicted[i] === label ? 1 : 0) as number);

    const result = await evaluate(zeroshot(clip, names), test, { transform: views, batch: 5 });
    expect([...result.predicted]).toEqual(predicted);
    const correct = right.reduce((a, b) => a + b, 0);
    expect(result).toMatchObject({ correct, total: 12, top1: (100 * correct) / 12 });
    expect(result.perClass.map(c => c.correct)).toEqual(
      [0, 1, 2].map(c => right[4 * c]! + right[4 * c + 1]! + right[4 * c + 2]! + right[4 * c + 3]!),
    );
    expect(result.perClass[1]).toMatchObject({ classname: 'big dog', label: 1, total: 4 });
  });

  it('does not depend on the batch size', async () => {
    const method = dgpromptFirst(clip, names, { guidance: { rank: 4 } });
    const run = async (batch: number) => [
      ...(await evaluate(method, items(3), { transform: imageViews(), batch })).predicted,
    ];
    expect(await run(4)).toEqual(await run(9));
    expect(await run(20)).toEqual(await run(1));
  });

  it('computes text once per class set, unless the text depends on the image', async () => {
    const { counted, counts } = counting(clip);
    const walks = async (method: ReturnType<typeof coop>) => {
      Object.assign(counts, { text: 0, vision: 0 });
      await evaluate(method, items(4), { transform: imageViews(), batch: 3 });
      return { ...counts };
    };
    // frozen features, in separate batches
    for (const make of [zeroshot, coop]) expect(await walks(make(counted, names))).toEqual({ text: 1, vision: 1 });
    expect(await walks(maple(counted, names))).toEqual({ text: 1, vision: 4 });
    for (const image of ['prototype', 'none'] as const)
      expect(await walks(dgpromptFirst(counted, names, { guidance: { image } }))).toEqual({ text: 1, vision: 4 });
    expect(await walks(dgpromptFirst(counted, names))).toEqual({ text: 4, vision: 4 });
  });

  it('averages the templates of zero-shot CLIP', async () => {
    const templates = ['a photo of a {}.', 'an icon of a {}.', 'the {}.'];
    const method = zeroshot(clip, names, { templates });
    const sum = tf.addN(templates.map(template => clip.text(names, { template })));
    const expected = tf.div(sum, tf.norm(sum, 2, -1, true)).dataSync();
    const features = await frozenText(clip, names, method.task.templates);
    expect([...features.dataSync()]).toEqual([...expected].map(x => expect.closeTo(x, 5)));
  });

  it('reports progress, and stops when aborted', async () => {
    const progress: unknown[] = [];
    const method = zeroshot(clip, names);
    await evaluate(method, items(2), { transform: imageViews(), batch: 4, onProgress: p => progress.push(p) });
    expect(progress).toEqual([
      { phase: 'text', done: 3, total: 3 },
      { phase: 'images', done: 4, total: 6 },
      { phase: 'images', done: 6, total: 6 },
    ]);
    const stop = { transform: imageViews(), signal: AbortSignal.abort() };
    await expect(evaluate(method, items(2), stop)).rejects.toThrow(/aborted/);
  });

  it('leaks nothing', async () => {
    const method = dgpromptFirst(clip, names, { guidance: { rank: 4, image: 'prototype' } });
    const before = tf.memory().numTensors;
    await evaluate(method, items(2), { transform: imageViews() });
    await evaluate(method.forClasses(['ant', 'bee', 'cow']), items(2, ['ant', 'bee', 'cow']), {
      transform: imageViews(),
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('throws for items of other classes', async () => {
    await expect(evaluate(coop(clip, names), items(1, ['ant', 'bee']))).rejects.toThrow(/"ant".*"cat"/);
  });
});
