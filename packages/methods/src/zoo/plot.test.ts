import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkMethod } from '../check/check-method.js';
import { distance, tinyClip } from '../testing/tiny.js';
import { evaluated, expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { type SinkhornOptions, sinkhornRanges, transportPlans } from './parts/sinkhorn.js';
import { plot } from './plot.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('PLOT equals its published code (skipped without ../shared/golden-zoo)', () => {
  it('logits, loss, gradients, two steps of SGD', async () => {
    const recording = await zooRecording('plot');
    const { clip, classNames, tensor } = recording;
    const method = plot(clip, classNames, { prompts: 3, tokens: 4, stop: 'batch' });
    await expectRecorded(recording, method);
    const byImage = plot(clip, classNames, { prompts: 3, tokens: 4 });
    (byImage.learner.variables.contexts as tf.Variable).assign(tensor('final.prompt_learner.ctx'));
    const [images] = tf.unstack(tensor('images')) as [tf.Tensor4D];
    const made = (await evaluated(byImage, { images })).dataSync();
    expect(distance(made, tensor('eval_logits').dataSync())).toBeLessThan(0.05);
    recording.close();
  });
});

describe('PLOT', () => {
  it('satisfies the contract', () => checkMethod(plot, { clip: tinyClip() }));

  it('moves all mass, uniformly, and most of it between similar features', () => {
    const similarity = tf.tensor4d([0.6, 0.4, 0.5, 0.4, 0.6, 0.5], [1, 1, 2, 3]);
    const plan = transportPlans(similarity, { eps: 0.1, rounds: 100, change: 0, stop: 'image' });
    expect([...tf.sum(plan, 3).dataSync()]).toEqual(new Array(2).fill(expect.closeTo(1 / 2, 4)));
    expect([...tf.sum(plan, 2).dataSync()]).toEqual(new Array(3).fill(expect.closeTo(1 / 3, 4)));
    expect(plan.dataSync()[0]).toBeGreaterThan(0.25);
  });

  it('has a finite plan with the smallest eps, also between opposite features', () => {
    const [eps] = sinkhornRanges.eps;
    const similarity = tf.fill([1, 1, 4, 9], -1) as tf.Tensor4D;
    const plan = transportPlans(similarity, { eps, rounds: 100, change: 0, stop: 'image' });
    expect([...plan.dataSync()]).toEqual(new Array(36).fill(expect.closeTo(1 / 36, 6)));
    expect(() => plot(tinyClip(), ['a', 'b'], { eps: 0.02 })).toThrow(/eps is 0\.02/);
  });

  it.each(['image', 'batch'] as const)('ends its rounds as the plain computation does, by %s', stop => {
    const [batch, classes, prompts, locals] = [3, 2, 4, 5];
    const similarity = tf.randomUniform([batch, classes, prompts, locals], -1, 1, 'float32', 7) as tf.Tensor4D;
    const options = { eps: 0.3, rounds: 30, change: 0.02, stop };
    const made = transportPlans(similarity, options).dataSync();
    const all = similarity.arraySync();
    const together = stop === 'image' ? all.map(image => [image]) : [all];
    expect(
      distance(
        made,
        together.flatMap(images => plain(images, options).plans),
      ),
    ).toBeLessThan(1e-6);
    const rounds = all.map(image => plain([image], options).round);
    expect(new Set(rounds).size).toBeGreaterThan(1); // one image ends sooner than another
  });
});

type Similarities = number[][][][]; // [B, C, N, M]

/** Sinkhorn's rounds in plain numbers; they end together, by the mean change over all that is given. */
function plain(similarities: Similarities, { eps, rounds, change }: SinkhornOptions) {
  const all = similarities.flat().map(matrix => {
    const [prompts, locals] = [matrix.length, matrix[0]!.length];
    const kernel = matrix.map(row => row.map(x => Math.exp((x - 1) / eps)));
    return { kernel, r: new Array<number>(locals).fill(1), c: new Array<number>(prompts).fill(1) };
  });
  let round = 0;
  for (let moved = Number.POSITIVE_INFINITY; round < rounds && moved >= change; round++) {
    const changes: number[] = [];
    for (const one of all) {
      const { kernel, r, c } = one;
      one.r = r.map((_, m) => 1 / r.length / kernel.reduce((sum, row, n) => sum + row[m]! * c[n]!, 0));
      one.c = kernel.map(row => 1 / c.length / row.reduce((sum, k, m) => sum + k * one.r[m]!, 0));
      changes.push(...one.r.map((value, m) => Math.abs(value - r[m]!)));
    }
    moved = changes.reduce((sum, x) => sum + x, 0) / changes.length;
  }
  return {
    round,
    plans: all.flatMap(({ kernel, r, c }) => kernel.flatMap((row, n) => row.map((k, m) => k * r[m]! * c[n]!))),
  };
}
