import * as tf from '@tensorflow/tfjs-core';

/**
 * 1 − mean cosine of unit features, row by row, [N, e] each.
 * @param mask [N], 0 for rows that do not count
 */
export function cosineDistance(a: tf.Tensor, b: tf.Tensor, mask?: tf.Tensor1D): tf.Scalar {
  const cosines = tf.sum(tf.mul(a, b), -1); // [N]
  const mean = mask ? tf.div(tf.sum(tf.mul(cosines, mask)), tf.maximum(tf.sum(mask), 1)) : tf.mean(cosines);
  return tf.sub(1, mean) as tf.Scalar;
}
