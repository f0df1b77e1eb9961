import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { distance } from './tiny.js';

type Compute = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Expects the gradients of a weighted sum of two computations to be equal for every input, to 1e-5 of the largest. */
export function expectSameGradients(fast: Compute, plain: Compute, inputs: tf.Tensor[], weights: tf.Tensor): void {
  const gradients = (f: Compute) => tf.grads((...given) => tf.sum(tf.mul(f(...given), weights)))(inputs);
  const wanted = gradients(plain);
  gradients(fast).forEach((gradient, l) => {
    const scale = Math.max(...tf.abs(wanted[l]!).dataSync());
    expect(scale).toBeGreaterThan(1e-3);
    expect(distance(gradient, wanted[l]!) / scale).toBeLessThan(1e-5);
  });
}
