import * as tf from '@tensorflow/tfjs-core';
import { leaves } from '../tree.js';
import { type Variables, zerosLike } from './optimizer.js';

/** Number of steps so far, and running means of the gradients and their squares. */
export type AdamState = { step: tf.Variable; mean: Variables; square: Variables };

export const adamState = (variables: Variables): AdamState => ({
  step: tf.variable(tf.scalar(0), false),
  mean: zerosLike(variables),
  square: zerosLike(variables),
});

/**
 * Counts the step, updates the running means with the gradients, and returns the amount to subtract from each variable:
 * the mean over the root of the mean square, both corrected for starting at zero, times the learning rate (Kingma & Ba,
 * ICLR 2015, algorithm 1, with eps outside the correction as in PyTorch).
 */
export function adamChanges(
  state: AdamState,
  gradients: readonly tf.Tensor[],
  lr: tf.Scalar,
  { beta1, beta2, eps }: { beta1: number; beta2: number; eps: number },
): tf.Tensor[] {
  const step = tf.add(state.step, 1) as tf.Scalar;
  state.step.assign(step);
  const rate = tf.div(lr, oneMinusPower(beta1, step));
  const correction = tf.sqrt(oneMinusPower(beta2, step));
  const means = leaves<tf.Variable>(state.mean);
  const squares = leaves<tf.Variable>(state.square);
  return gradients.map((gradient, i) => {
    const mean = tf.add(tf.mul(means[i]!, beta1), tf.mul(gradient, 1 - beta1));
    const square = tf.add(tf.mul(squares[i]!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    means[i]!.assign(mean);
    squares[i]!.assign(square);
    return tf.div(tf.mul(mean, rate), tf.add(tf.div(tf.sqrt(square), correction), eps));
  });
}

/**
 * 1 − beta^step. In float32, 1 − 0.999 has a relative error of 1e-5; while the power is close to 1, a series of
 * 1 − e^x has float32's full precision.
 */
function oneMinusPower(beta: number, step: tf.Scalar): tf.Tensor {
  if (beta === 0) return tf.scalar(1);
  const x = tf.mul(step, Math.log(beta));
  let series: tf.Tensor = tf.scalar(1);
  for (let n = 8; n >= 2; n--) series = tf.add(tf.mul(series, tf.div(x, n)), 1);
  return tf.where(tf.greater(x, -0.5), tf.neg(tf.mul(series, x)), tf.sub(1, tf.exp(x)));
}
