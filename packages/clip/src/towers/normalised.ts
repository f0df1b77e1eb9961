import * as tf from '@tensorflow/tfjs';

/** Rows of length 1: x / ‖x‖ over the last axis, of any shape [… , d]. A row of zeros has no direction and becomes NaN. */
export function normalised<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.rsqrt(tf.sum(tf.square(x), -1, true)));
}
