import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectParity, randomInputs } from '../testing/parity.js';
import { attention } from './attention.js';
import { gelu, geluTanh, quickGelu, silu } from './gelu.js';
import { layerNorm } from './layer-norm.js';
import { softmaxCrossEntropy } from './softmax-cross-entropy.js';

/** The same mathematics in plain tfjs ops, with tfjs's own gradients. */
const plainAttention = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask: tf.Tensor) =>
  tf.matMul(tf.softmax(tf.add(tf.mul(tf.matMul(q, k, false, true), q.shape.at(-1)! ** -0.5), mask)), v);

const onCpu = () => tf.getBackend() === 'cpu';

describe('fused ops equal plain compositions in values and gradients', () => {
  const input = randomInputs(6);
  it('layerNorm', () =>
    expectParity(
      (x, w, b) => layerNorm(x!, w as tf.Tensor1D, b as tf.Tensor1D),
      [input.float([3, 2, 8]), input.float([8]), input.float([8])],
      { digits: 3 },
    ));
  it('quickGelu, silu and both gelus', () =>
    expectParity(x => [quickGelu(x!), silu(x!), gelu(x!), geluTanh(x!)], [input.float([4, 5])]));
  it('attention', async () => {
    for (const [batch, n, t] of [
      [[6], 5, 5],
      [[2, 3], 1, 7],
      [[2, 3], 4, 2],
    ] as const) {
      const inputs = [input.float([...batch, n, 4]), input.float([...batch, t, 4]), input.float([...batch, t, 4])];
      const mask = tf.mul(tf.cast(input.bool([n, t]), 'float32'), -2);
      await expectParity((q, k, v) => (onCpu() ? plainAttention : attention)(q!, k!, v!, mask), inputs);
    }
  });
  it('attention sums the gradients of keys and values that several batches share', async () => {
    const repeat = (x: tf.Tensor) => tf.tile(x, [3, 1, 1]);
    await expectParity(
      (q, k, v) => (onCpu() ? plainAttention(q!, repeat(k!), repeat(v!), tf.scalar(0)) : attention(q!, k!, v!)),
      [input.float([3, 2, 4]), input.float([1, 5, 4]), input.float([1, 5, 4])],
    );
  });
  it('softmaxCrossEntropy, with rows left out', () =>
    expectParity(
      (logits, labels, weights) => {
        const [z, y, w] = [logits as tf.Tensor2D, labels as tf.Tensor1D, weights as tf.Tensor1D];
        if (!onCpu()) return [softmaxCrossEntropy(z, y), softmaxCrossEntropy(z, y, tf.step(w) as tf.Tensor1D)];
        const rows = tf.neg(tf.sum(tf.mul(tf.oneHot(y, 4), tf.logSoftmax(z)), 1));
        const kept = tf.step(w);
        return [tf.mean(rows), tf.div(tf.sum(tf.mul(rows, kept)), tf.sum(kept))];
      },
      [input.float([5, 4]), input.int([5], 0, 4), tf.tensor1d([1, -1, 1, 1, -1])],
    ));
});
