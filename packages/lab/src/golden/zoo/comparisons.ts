import * as tf from '@tensorflow/tfjs-core';
import type { Comparison } from '../method-steps.js';

/** The float32 error of numbers up to 1; scaled for larger ones. */
export const zooTolerance = 1e-4;

/** The largest difference, relative to the largest expected entry if that is above 1. */
export function near(what: string, made: tf.Tensor, wanted: tf.Tensor): Comparison {
  if (made.size !== wanted.size) return { what, error: Number.POSITIVE_INFINITY, tolerance: zooTolerance };
  return { what, error: farthest(made, wanted), tolerance: zooTolerance * Math.max(1, largest(wanted)) };
}

/** The same for numbers. */
export const nearNumber = (what: string, made: number, wanted: number): Comparison => ({
  what,
  error: finite(Math.abs(made - wanted)),
  tolerance: zooTolerance * Math.max(1, Math.abs(wanted)),
});

/** The largest difference of gradients, relative to the largest entry of each; absolute for a zero gradient. */
export function gradientNear(what: string, made: tf.Tensor, wanted: tf.Tensor): Comparison {
  return { what, error: farthest(made, wanted) / (largest(wanted) || 1), tolerance: zooTolerance };
}

/**
 * Compares a variable after some steps, within a thousandth of the largest change, or a few roundings. Adam divides by
 * the gradient, and so amplifies its noise: where it is below a hundredth of the largest entry, differences count in
 * proportion, and where it is near zero, not at all. Of a gradient that is zero everywhere, all differences count.
 */
export function moved(what: string, ours: tf.Tensor, value: (prefix: string) => tf.Tensor): Comparison {
  const [start, end, gradient, made] = [value('init'), value('final'), value('grad0'), ours].map(x => x.dataSync());
  const most = largest(value('grad0'));
  let [error, way] = [0, 0];
  for (let i = 0; i < end!.length; i++) {
    way = Math.max(way, Math.abs(end![i]! - start![i]!));
    const size = most > 0 ? Math.abs(gradient![i]!) / most : 1;
    if (size > 1e-4) error = Math.max(error, finite(Math.abs(made![i]! - end![i]!)) * Math.min(1, size / 1e-2));
  }
  return { what, error, tolerance: Math.max(1e-3 * way, 4 * 2 ** -24 * largest(value('final'))) };
}

const largest = (x: tf.Tensor): number => tf.tidy(() => tf.max(tf.abs(x)).dataSync()[0]!);

const farthest = (a: tf.Tensor, b: tf.Tensor): number =>
  finite(tf.tidy(() => tf.max(tf.abs(tf.sub(tf.reshape(a, [-1]), tf.reshape(b, [-1])))).dataSync()[0]!));

const finite = (error: number): number => (Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
