import * as tf from '@tensorflow/tfjs-core';

/** The result of `fn` as a constant: its gradient is zero. */
export function withoutGradient<T extends tf.Tensor>(given: tf.Tensor, fn: (given: tf.Tensor) => T): T {
  const run = tf.customGrad(input => ({
    value: fn(input as tf.Tensor),
    gradFunc: () => tf.zeros(given.shape),
  }));
  return run(given) as T;
}
