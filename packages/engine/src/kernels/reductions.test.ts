import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectParity, randomInputs } from '../testing/parity.js';

type Reduce = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;
const reductions: Record<string, Reduce> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
  logSumExp: tf.logSumExp,
};

describe('reductions, as on tfjs-cpu', () => {
  const input = randomInputs(2);
  for (const [name, reduce] of Object.entries(reductions)) {
    for (const axis of [undefined, 0, -1, [0, 2], [-2, -1]] as const) {
      it(`${name} over ${axis === undefined ? 'everything' : `axis ${axis}`}`, async () => {
        const axes = axis as number | number[] | undefined;
        for (const keep of [false, true]) {
          await expectParity(x => reduce(x!, axes, keep), [input.float(input.shape(3))], {
            gradients: name !== 'prod',
          });
        }
      });
    }
  }
  it('sums and means of integers and booleans', () =>
    expectParity(
      (i, b) => [tf.sum(i!, 1), tf.mean(i!, 0), tf.sum(b!), tf.max(i!)],
      [input.int([3, 4]), input.bool([5])],
      { gradients: false },
    ));
  it('all and any', () =>
    expectParity(b => [tf.all(b!, 0), tf.any(b!, -1, true), tf.all(b!)], [input.bool([3, 4])], { gradients: false }));
  it('argMax and argMin', () =>
    expectParity(x => [tf.argMax(x!, -1), tf.argMin(x!, 0)], [input.float([3, 4])], { gradients: false }));
  it('topk', () =>
    expectParity(x => [2, 5].flatMap(k => Object.values(tf.topk(x!, k))), [input.float([3, 4, 5])], {
      gradients: false,
    }));
  it('cumulative sums, forwards, backwards and exclusive', async () => {
    const along = (axis: number) => (x?: tf.Tensor) => [
      tf.cumsum(x!, axis),
      tf.cumsum(x!, axis, true),
      tf.cumsum(x!, axis, false, true),
    ];
    await expectParity(along(2), [input.float([3, 4, 2])]);
    // tfjs's own gradient of cumsum is permuted for the other axes.
    for (const axis of [0, 1]) await expectParity(along(axis), [input.float([3, 4, 2])], { gradients: false });
  });
  it('softmax and logSoftmax', () => expectParity(x => [tf.softmax(x!), tf.logSoftmax(x!)], [input.float([3, 1, 5])]));
});
