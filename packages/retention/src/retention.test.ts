import '@dgprompt/engine'; // gradients and a backend
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { featureDrift, logitDrift } from './drift.js';
import { retention, retentionWeights } from './retention.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** KL(softmax frozen ‖ softmax tuned) of one row, by definition. */
function klOfRow(frozen: number[], tuned: number[]): number {
  const softmax = (row: number[]) => {
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    return row.map(x => Math.exp(x) / total);
  };
  const p = softmax(frozen);
  const q = softmax(tuned);
  return p.reduce((sum, pi, c) => sum + pi * Math.log(pi / q[c]!), 0);
}

describe('featureDrift', () => {
  it('is the mean absolute difference over rows and entries', () => {
    const [a, b] = [random([3, 5], 1), random([3, 5], 2)];
    const [x, y] = [[...a.dataSync()], [...b.dataSync()]];
    const expected = x.reduce((sum, xi, i) => sum + Math.abs(xi - y[i]!), 0) / 15;
    expect(featureDrift(a, b).dataSync()[0]).toBeCloseTo(expected, 5);
  });

  it('excludes rows of weight 0, also if text is per image', () => {
    const [a, b] = [random([3, 2, 5], 3), random([2, 5], 4)];
    const masked = featureDrift(a, b, tf.tensor1d([1, 0, 1]));
    const kept = featureDrift(tf.gather(a, [0, 2]), b);
    expect(masked.dataSync()[0]).toBeCloseTo(kept.dataSync()[0]!, 6);
  });

  it('does not push features that have not moved', () => {
    const x = tf.tensor2d([[0.5, 0.25, -1]]);
    const frozen = tf.tensor2d([[0.5, 0, -0.5]]);
    const gradient = tf.grad((t: tf.Tensor) => featureDrift(t, frozen))(x);
    expect([...gradient.dataSync()]).toEqual([0, expect.closeTo(1 / 3, 6), expect.closeTo(-1 / 3, 6)]);
  });
});

describe('logitDrift', () => {
  it('is the KL divergence from the frozen prediction, summed over classes and averaged over images', () => {
    const [tuned, frozen] = [random([4, 6], 5) as tf.Tensor2D, random([4, 6], 6) as tf.Tensor2D];
    const [z, zFrozen] = [tuned.arraySync(), frozen.arraySync()];
    const expected = z.reduce((sum, row, i) => sum + klOfRow(zFrozen[i]!, row), 0) / 4;
    expect(logitDrift(tuned, frozen).dataSync()[0]).toBeCloseTo(expected, 5);
    expect(logitDrift(frozen, frozen).dataSync()[0]).toBeCloseTo(0, 6);
  });

  it('stays finite for logits as far apart as with a logit scale of 100', () => {
    const drift = logitDrift(tf.tensor2d([[100, -100]]), tf.tensor2d([[-100, 100]])).dataSync()[0]!;
    expect(drift).toBeCloseTo(200, 3);
  });
});

describe('retention', () => {
  const image = [random([2, 4], 7), random([2, 4], 8)] as const;
  const text = [random([3, 4], 9), random([3, 4], 10)] as const;
  const logits = [random([2, 3], 11) as tf.Tensor2D, random([2, 3], 12) as tf.Tensor2D] as const;
  const side = (i: 0 | 1) => ({ image: image[i], text: text[i], logits: logits[i] });

  it('is the weighted sum of its three terms', () => {
    const mean = (a: tf.Tensor, b: tf.Tensor) => {
      const [x, y] = [[...a.dataSync()], [...b.dataSync()]];
      return x.reduce((sum, xi, i) => sum + Math.abs(xi - y[i]!), 0) / x.length;
    };
    const [z, zFrozen] = [logits[0].arraySync(), logits[1].arraySync()];
    const kl = (klOfRow(zFrozen[0]!, z[0]!) + klOfRow(zFrozen[1]!, z[1]!)) / 2;
    const expected = 25 * mean(...text) + 10 * mean(...image) + kl;
    const weights = { text: 25, image: 10, logits: 1, states: 0 };
    expect(retention(side(0), side(1), weights).dataSync()[0]).toBeCloseTo(expected, 3);
  });

  it('is zero if nothing has moved, and if every weight is zero', () => {
    expect(retention(side(1), side(1), retentionWeights(512)).dataSync()[0]).toBeCloseTo(0, 5);
    const none = { text: 0, image: 0, logits: 0, states: 0 };
    expect(retention(side(0), side(1), none).dataSync()[0]).toBe(0);
  });

  it('averages the drift of the prompted layers, and throws if one side has no states', () => {
    const states = { text: 0, image: 0, logits: 0, states: 2 };
    const tuned = { ...side(0), states: [tf.tensor2d([[1, 1]]), tf.tensor2d([[0, 0]])] };
    const frozen = { ...side(1), states: [tf.tensor2d([[0, 0]]), tf.tensor2d([[0, 3]])] };
    expect(retention(tuned, frozen, states).dataSync()[0]).toBeCloseTo(2 * ((1 + 1.5) / 2), 6);
    expect(() => retention(tuned, side(1), states)).toThrow(/2 tuned and 0 frozen/);
  });
});

describe('retentionWeights', () => {
  it('are 25, 10 and 1 at width 512, and shrink with the square root of the width', () => {
    expect(retentionWeights(512)).toEqual({ text: 25, image: 10, logits: 1, states: 0 });
    expect(retentionWeights(512, { text: undefined, image: 5 })).toEqual({ text: 25, image: 5, logits: 1, states: 0 });
    expect(retentionWeights(128)).toEqual({ text: 12.5, image: 5, logits: 1, states: 0 });
    expect(retentionWeights(128, { text: 0, states: 4 })).toEqual({ text: 0, image: 5, logits: 1, states: 2 });
    expect(retentionWeights(512, { states: 4 }, 128).states).toBe(2);
  });
});
