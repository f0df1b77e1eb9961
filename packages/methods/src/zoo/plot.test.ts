import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkMethod } from '../check/check-method.js';
import { distance, tinyClip } from '../testing/tiny.js';
import { evaluated, expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { transportPlans } from './parts/sinkhorn.js';
import { plot } from './plot.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('PLOT equals its published code (skipped without ../shared/golden-zoo)', () => {
  it('logits, loss, gradients, two steps of SGD', async () => {
    const recording = await zooRecording('plot');
    const { clip, classNames, tensor } = recording;
    const method = plot(clip, classNames, { prompts: 3, tokens: 4, stop: 'batch' });
    await expectRecorded(recording, method, { parameter: () => 'contexts' });
    const byImage = plot(clip, classNames, { prompts: 3, tokens: 4 });
    (byImage.learner.variables.contexts as tf.Variable).assign(tensor('final.prompt_learner.ctx'));
    const [images] = tf.unstack(tensor('images')) as [tf.Tensor4D];
    const made = (await evaluated(byImage, { images })).dataSync();
    expect(distance(made, tensor('eval_logits').dataSync())).toBeLessThan(0.05);
    recording.close();
  });
});

describe('PLOT', () => {
  it('keeps its promises', () => checkMethod(plot, { clip: tinyClip() }));

  it('moves all mass, uniformly, and most of it where features are alike', () => {
    const similarity = tf.tensor4d([0.6, 0.4, 0.5, 0.6], [1, 1, 2, 2]);
    const plan = transportPlans(similarity, { eps: 0.1, rounds: 100, change: 0, stop: 'image' });
    expect([...tf.sum(plan, 3).dataSync()]).toEqual([expect.closeTo(0.5, 4), expect.closeTo(0.5, 4)]);
    expect([...tf.sum(plan, 2).dataSync()]).toEqual([expect.closeTo(0.5, 4), expect.closeTo(0.5, 4)]);
    expect(plan.dataSync()[0]).toBeGreaterThan(0.4);
  });
});
