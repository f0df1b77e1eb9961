import * as tf from '@tensorflow/tfjs-core';

/** Rows after which a mask repeats its rows' numbers: a prime, so that the tokens of different images share none. */
const period = 1021;

/** Random numbers for `count` masks of rows of a width, for the learner's `noise`: [count, period + width]. */
export const dropoutNoise = (count: number, width: number): tf.Variable<tf.Rank.R2> =>
  tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R2>([count, period + width]), false));

/**
 * Dropout (Srivastava et al., JMLR 2014): entries are zero with a probability, the others grow in proportion.
 *
 * An entry is dropped if the number of its row plus that of its column, modulo 1, is below the probability. Any two
 * entries are then independent of each other, so a sum of entries has the same mean and variance as with independent
 * draws, which would be as many as there are activations.
 *
 * @param rows [R, D]
 * @param probability in [0, 1)
 * @param noise uniform in [0, 1), from `dropoutNoise`
 * @param mask index of the mask in it
 * @returns [R, D]
 */
export function dropout(rows: tf.Tensor2D, probability: number, noise: tf.Tensor2D, mask: number): tf.Tensor2D {
  const [count, width] = rows.shape;
  const ofRows = tf.tile(tf.slice(noise, [mask, 0], [1, period]), [1, Math.ceil(count / period)]);
  const ofColumns = tf.slice(noise, [mask, period], [1, width]); // [1, D]
  const sum = tf.add(tf.reshape(tf.slice(ofRows, [0, 0], [1, count]), [count, 1]), ofColumns); // [R, D], in [0, 2)
  const uniform = tf.sub(sum, tf.floor(sum));
  const kept = tf.cast(tf.greaterEqual(uniform, probability), 'float32');
  return tf.mul(rows, tf.mul(kept, 1 / (1 - probability)));
}
