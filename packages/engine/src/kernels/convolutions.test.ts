import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { backend, expectParity, randomInputs } from '../testing/parity.js';

/** tfjs assumes a square filter if padding is a number. */
const square = (filter: tf.Tensor4D) => tf.slice(filter, [0, 0, 0, 0], [2, 2, -1, -1]);

describe('convolution and pooling, as on tfjs-cpu', () => {
  const input = randomInputs(7);
  const cases: Record<string, (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor> = {
    'conv2d, stride 1': (x, filter) => tf.conv2d(x, square(filter), 1, 1),
    'conv2d, stride 2 and no padding': (x, filter) => tf.conv2d(x, square(filter), 2, 0),
    'conv2d, same': (x, filter) => tf.conv2d(x, filter, [2, 1], 'same'),
    'conv2d, dilated': (x, filter) => tf.conv2d(x, filter, 1, 'valid', 'NHWC', 2),
    'depthwiseConv2d, same': (x, filter) =>
      tf.depthwiseConv2d(x, tf.slice(filter, [0, 0, 0, 0], [-1, -1, -1, 1]), 1, 'same'),
    avgPool: x => tf.avgPool(x, 2, 2, 'valid'),
    'avgPool, same': x => tf.avgPool(x, 3, 2, 'same'),
  };
  for (const [name, fn] of Object.entries(cases)) {
    const unknown = backend === 'tensorflow' && name === 'conv2d, stride 1'; // it does not support numeric padding
    it.skipIf(unknown)(name, () =>
      expectParity(
        (x, filter) => fn(x as tf.Tensor4D, filter as tf.Tensor4D),
        [input.float([2, 7, 6, 3]), input.float([3, 2, 3, 4])],
        { gradients: false },
      ),
    );
  }
});
