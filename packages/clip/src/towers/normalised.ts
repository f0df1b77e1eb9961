import * as tf from '@tensorflow/tfjs-core';

/**
 * Rows of length 1: x / ‖x‖ over the last axis of [..., d]. Rows of zeros become NaN.
 *
 * @example
 * ```ts
 * import { normalised } from '@dgprompt/clip';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * console.log(Array.from(normalised(tf.tensor2d([[3, 4]])).dataSync(), x => x.toFixed(2))); // [ '0.60', '0.80' ]
 * ```
 */
export function normalised<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.rsqrt(tf.sum(tf.square(x), -1, true)));
}
