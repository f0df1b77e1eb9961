import type { SeededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';

/** A learned linear layer, stored [in, out]. */
export type Linear = { weight: tf.Variable; bias: tf.Variable }; // [in, out], [out]

/** A variable of uniform values in ±bound. */
export const drawn = (random: SeededRandom, shape: number[], bound: number): tf.Variable =>
  tf.tidy(() => tf.variable(random.uniform(shape as [number], -bound, bound)));

/** A variable of normal values. */
export const normalDrawn = (random: SeededRandom, shape: number[], std: number): tf.Variable =>
  tf.tidy(() => tf.variable(random.normal(shape as [number], std)));

/** A variable of zeros. */
export const zeros = (shape: number[]): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(shape)));

/** A linear layer initialised as in PyTorch: uniform in ±1/√in. */
export const linear = (random: SeededRandom, from: number, to: number): Linear => ({
  weight: drawn(random, [from, to], from ** -0.5),
  bias: drawn(random, [to], from ** -0.5),
});

/** Layers with the same initial values, as when published code clones one. */
export function alike(random: SeededRandom, from: number, to: number, count: number): Linear[] {
  const first = linear(random, from, to);
  const copy = () =>
    tf.tidy(() => ({ weight: tf.variable(first.weight.clone()), bias: tf.variable(first.bias.clone()) }));
  return Array.from({ length: count }, (_, l) => (l === 0 ? first : copy()));
}

/** Rows [N, in] through a linear layer: [N, out]. */
export const through = (rows: tf.Tensor, { weight, bias }: Linear): tf.Tensor2D =>
  tf.add(tf.matMul(rows as tf.Tensor2D, weight as tf.Tensor2D), bias);

/** The same values; gradients are multiplied by a factor. */
export function gradientTimes(x: tf.Tensor2D, factor: number): tf.Tensor2D {
  const run = tf.customGrad(input => ({
    value: tf.mul(input as tf.Tensor, 1),
    gradFunc: dy => tf.mul(dy as tf.Tensor, factor),
  }));
  return run(x) as tf.Tensor2D;
}
