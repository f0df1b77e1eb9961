import type { Clip } from '@dgprompt/clip';
import { families } from '@dgprompt/clip/testing/families';
import { plainClip } from '@dgprompt/clip/testing/plain-clip';
import { compile, namedLeaves, seededRandom, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipOf, names } from '../testing/tiny.js';
import { classTargets } from '../training/data.js';
import { type Batch, lossAndGradients, lossTerms } from '../training/loss.js';
import { methodNames, resolveMethod } from '../zoo/all.js';
import { checkMethod } from './check-method.js';

/** A CLIP of a family with two layers and room for prompts; SigLIP's texts have no start token. */
function familyClip(family: string): Clip {
  const { vision, text, ...config } = families[family]!;
  const small = { ...config, vision: { ...vision, layers: 2 }, text: { ...text, layers: 2, contextLength: 24 } };
  return clipOf(small, 1, { start: family !== 'SigLIP' });
}

beforeAll(async () => {
  await useDevice({ threads: 1 });
});

describe.each(['SigLIP', 'EVA-02'])('on %s', family => {
  it.each(methodNames.filter(id => family !== 'SigLIP' || id !== 'mmrlpp'))('%s satisfies the contract', id =>
    checkMethod(resolveMethod(id), { clip: familyClip(family), options: id === 'cocoop' ? { reduction: 1 } : {} }),
  );

  it.each(['coop', 'maple', 'promptsrc', 'dgprompt'])('%s gives the logits and gradients of plain towers', async id => {
    const { imageSize } = families[family]!.vision;
    const batch: Batch = {
      images: seededRandom(3).normal([4, 3, imageSize, imageSize], 1),
      labels: tf.tensor1d([0, 1, 2, 0], 'int32'),
      mask: tf.tensor1d([1, 1, 1, 0]),
    };
    const of = async (clip: Clip) => {
      const method = resolveMethod(id)(clip, names, { seed: 2 });
      const targets = await classTargets(method);
      const run = compile((batch: Batch) => {
        const [loss, gradients] = lossAndGradients(method, batch, targets);
        return { logits: lossTerms(method, batch, targets).logits, loss, gradients };
      });
      return run(batch);
    };
    const clip = familyClip(family);
    const [fast, plain] = [await of(clip), await of(plainClip(clip))];
    const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
    expect(difference(fast.logits, plain.logits)).toBeLessThan(1e-4);
    expect(difference(fast.loss, plain.loss)).toBeLessThan(1e-4);
    const all = [...namedLeaves<tf.Tensor>(plain.gradients)];
    const own = new Map(namedLeaves<tf.Tensor>(fast.gradients));
    const largest = Math.max(...all.map(([, gradient]) => tf.max(tf.abs(gradient)).dataSync()[0]!));
    expect(largest).toBeGreaterThan(0);
    for (const [name, gradient] of all) expect(difference(own.get(name)!, gradient) / largest).toBeLessThan(1e-4);
  });
});

it('MMRL++ throws one sentence, since SigLIP has no text tokens to carry', () => {
  const method = resolveMethod('mmrlpp')(familyClip('SigLIP'), names);
  expect(() => method.learner.textFeatures!(names, method.task)).toThrow('use mmrl');
});
