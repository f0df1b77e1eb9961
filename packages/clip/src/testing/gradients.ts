import { compile, seededRandom, valueAndGrads } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
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

/** Expects two computations, compiled, to give the same result and the same gradients, to `within` of the largest. */
export async function expectSameCompiled(
  fast: Compute,
  plain: Compute,
  inputs: tf.Tensor[],
  { seed = 1, within = 1e-5 } = {},
): Promise<tf.Tensor> {
  const run = async (f: Compute) => {
    const step = compile((...given: tf.Tensor[]) => {
      const made = f(...given);
      const weights = seededRandom(seed).normal(made.shape as [number], 1);
      return [made, valueAndGrads(given, () => tf.sum(tf.mul(f(...given), weights)) as tf.Scalar)[1]] as const;
    });
    const results = await step(...inputs);
    await step.dispose();
    return results;
  };
  const [made, gradients] = await run(fast);
  const [wanted, wantedGradients] = await run(plain);
  expect(distance(made, wanted)).toBeLessThan(within);
  gradients.forEach((gradient, i) => {
    const scale = Math.max(...tf.abs(wantedGradients[i]!).dataSync());
    expect(scale).toBeGreaterThan(1e-3);
    expect(distance(gradient, wantedGradients[i]!) / scale).toBeLessThan(within);
  });
  return made;
}
