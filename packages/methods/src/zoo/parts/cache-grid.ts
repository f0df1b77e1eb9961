import { compile } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { type FeatureCache, tipScale } from './feature-cache.js';

/** A grid of beta and alpha, from 0.1 up to, but excluding, `scale`. */
export interface GridOptions {
  scale: { beta: number; alpha: number };
  steps: { beta: number; alpha: number };
  signal?: AbortSignal;
}

/** Labelled features, outside tensors: [V, e] row-major. */
export interface KeptFeatures {
  features: Float32Array;
  labels: Int32Array;
}

/** The values of one axis of the grid. */
export const gridValues = (scale: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, i) => (i * (scale - 0.1)) / steps + 0.1);

/** Maximum numbers in one tensor of a block. */
const room = 2 ** 24;

/**
 * Correct answers at every point of the grid, in blocks of features, so that memory does not grow with their number.
 *
 * @param text [C, e]
 * @returns row-major [betas, alphas]
 */
export async function gridCounts(
  { keys, labels }: FeatureCache,
  text: tf.Tensor2D,
  given: KeptFeatures,
  { scale, steps, signal }: GridOptions,
): Promise<Int32Array> {
  const [betas, alphas] = [gridValues(scale.beta, steps.beta), gridValues(scale.alpha, steps.alpha)];
  const [classes, width] = text.shape;
  const total = given.labels.length;
  const size = Math.max(1, Math.min(total, Math.floor(room / Math.max(keys.shape[0]!, classes * alphas.length))));
  const near = compile((features: tf.Tensor2D) => ({
    affinity: tf.sub(tf.matMul(features, keys as tf.Tensor2D, false, true), 1), // [V, N]
    zeroShot: tf.expandDims(tf.mul(tf.matMul(features, text, false, true), tipScale)), // [1, V, C]
  }));
  const count = compile(
    (block: { affinity: tf.Tensor; zeroShot: tf.Tensor }, truth: tf.Tensor, weights: tf.Tensor, beta: tf.Scalar) => {
      const oneHot = tf.oneHot(tf.cast(labels, 'int32') as tf.Tensor1D, classes);
      const values = tf.cast(oneHot, 'float32') as tf.Tensor2D; // [N, C]
      const votes = tf.expandDims(tf.matMul(tf.exp(tf.mul(block.affinity, beta)), values)); // [1, V, C]
      const logits = tf.add(block.zeroShot, tf.mul(votes, weights)); // [A, V, C]
      return tf.sum(tf.cast(tf.equal(tf.cast(tf.argMax(logits, -1), 'int32'), truth), 'float32'), -1); // [A]
    },
  );
  const counts = new Int32Array(betas.length * alphas.length);
  const weights = tf.tensor3d(alphas, [alphas.length, 1, 1]);
  try {
    for (let start = 0; start < total; start += size) {
      const end = Math.min(total, start + size);
      const features = tf.tensor2d(given.features.subarray(start * width, end * width), [end - start, width]);
      const truth = tf.tensor2d(given.labels.subarray(start, end), [1, end - start], 'int32');
      const block = await near(features);
      for (const [i, value] of betas.entries()) {
        signal?.throwIfAborted();
        const beta = tf.scalar(value);
        const right = await count(block, truth, weights, beta);
        for (const [j, one] of (await right.data()).entries()) counts[i * alphas.length + j]! += Math.round(one);
        tf.dispose([beta, right]);
      }
      tf.dispose([features, truth, block]);
    }
  } finally {
    weights.dispose();
    await Promise.all([near.dispose(), count.dispose()]);
  }
  return counts;
}

/** Sets alpha and beta to the first best point of the grid. */
export async function searchGrid(
  cache: FeatureCache,
  text: tf.Tensor2D,
  given: KeptFeatures,
  options: GridOptions,
): Promise<void> {
  const counts = await gridCounts(cache, text, given, options);
  const best = counts.reduce((at, count, i) => (count > counts[at]! ? i : at), 0);
  const { scale, steps } = options;
  tf.tidy(() => {
    cache.beta.assign(tf.scalar(gridValues(scale.beta, steps.beta)[Math.floor(best / steps.alpha)]!));
    cache.alpha.assign(tf.scalar(gridValues(scale.alpha, steps.alpha)[best % steps.alpha]!));
  });
}
