import { adamW, seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { adamOfClip, muon, orthogonalise } from './muon.js';

beforeAll(() => tf.setBackend('cpu').then(() => {}));
const random = seededRandom(2);

test.each([
  [4, 6],
  [6, 4],
  [5, 5],
])('%i × %i matrices keep their singular vectors and get singular values near 1', (rows, columns) => {
  const short = Math.min(rows, columns);
  const x = random.normal([2, rows, columns], 3) as tf.Tensor3D;
  const y = orthogonalise(x);
  expect(y.shape).toEqual(x.shape);
  for (const [before, after] of tf.unstack(x).map((m, i) => [m, tf.unstack(y)[i]!] as const)) {
    const lying = (m: tf.Tensor) => (rows > columns ? tf.transpose(m) : m) as tf.Tensor2D;
    const [a, b] = [lying(before), lying(after)];
    const energy = (m: tf.Tensor) => tf.sum(tf.square(m)).dataSync()[0]!;
    expect(energy(b) / short).toBeGreaterThan(0.5);
    expect(energy(b) / short).toBeLessThan(1.4);
    // The singular vectors are the same: a·bᵀ is symmetric and positive.
    const product = tf.matMul(a, b, false, true);
    expect(energy(tf.sub(product, tf.transpose(product)))).toBeLessThan(1e-6 * energy(product));
    expect(tf.sum(tf.mul(a, b)).dataSync()[0]).toBeGreaterThan(0);
  }
});

test('linear layers of blocks take orthogonal steps, everything else follows AdamW', () => {
  const make = () => ({
    blocks: [{ attention: { outWeight: tf.variable(tf.fill([3, 4], 0.5)), outBias: tf.variable(tf.ones([4])) } }],
    projection: tf.variable(tf.ones([3, 2])),
  });
  const [ours, adams] = [make(), make()];
  const gradient = random.normal([3, 4], 1) as tf.Tensor2D;
  const gradients = {
    blocks: [{ attention: { outWeight: gradient, outBias: random.normal([4], 1) } }],
    projection: random.normal([3, 2], 1),
  };
  const [lr, decay] = [0.01, 0.1];
  muon({ momentum: 0.95, weightDecay: decay }).update(ours, gradients, tf.scalar(lr));
  adamW({ ...adamOfClip, weightDecay: decay })(adams, gradients, tf.scalar(lr));

  const difference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
  expect(difference(ours.projection, adams.projection)).toBe(0);
  expect(difference(ours.blocks[0]!.attention.outBias, adams.blocks[0]!.attention.outBias)).toBe(0);
  const direction = tf.squeeze(orthogonalise(tf.expandDims(gradient, 0) as tf.Tensor3D), [0]);
  const expected = tf.sub(0.5, tf.mul(lr, tf.add(tf.mul(direction, 0.2 * Math.sqrt(4)), 0.5 * decay)));
  expect(difference(ours.blocks[0]!.attention.outWeight, expected)).toBeLessThan(1e-6);
});
