import * as tf from '@tensorflow/tfjs-core';
import { withoutGradient } from './without-gradient.js';

/** Settings of Sinkhorn's rounds. */
export interface SinkhornOptions {
  /** Entropy of the plan. */
  eps: number;
  /** Maximum number of rounds. */
  rounds: number;
  /** Stops after a round whose mean change is below this. */
  change: number;
  /** What the change is averaged over: one image with all classes, or the whole batch, as in the published code. */
  stop: 'image' | 'batch';
}

/** Allowed values, for methods with these options. With a smaller `eps`, exp(−2 / eps) is 0 in 32 bits. */
export const sinkhornRanges = { eps: [0.025, 1e3], rounds: [1, 1000, 'whole'], change: [0, 1e6] } as const;
export const sinkhornChoices = { stop: ['image', 'batch'] } as const;

/**
 * Plans that move the mass of M local features to that of N prompts, both uniform, at the least cost 1 − similarity
 * (Cuturi, NeurIPS 2013). They have no gradient. Rounds after the last are computed and discarded, so that one graph
 * serves all images. Each pair of image and class is a product of a row with a matrix: ONNX Runtime processes a tensor
 * whose last axis is 1 value by value, which made a step of PLOT four times as long.
 *
 * @param similarity [B, C, N, M]
 * @returns [B, C, N, M]
 */
export function transportPlans(similarity: tf.Tensor4D, { eps, rounds, change, stop }: SinkhornOptions): tf.Tensor4D {
  return withoutGradient(similarity, given => {
    const [batch, classes, prompts, locals] = similarity.shape;
    const images = stop === 'image' ? batch : 1;
    const perImage = (x: tf.Tensor) => tf.reshape(x, [images, -1]);
    const pairs = batch * classes; // of image and class
    const kernel = tf.reshape(tf.exp(tf.div(tf.sub(given, 1), eps)), [pairs, prompts, locals]); // [B · C, N, M]
    let r: tf.Tensor = tf.ones([pairs, 1, locals]);
    let c: tf.Tensor = tf.ones([pairs, 1, prompts]);
    let isGoing: tf.Tensor = tf.ones([images, 1], 'bool');
    for (let round = 0; round < rounds; round++) {
      const nextR = tf.div(1 / locals, tf.matMul(c, kernel)); // [B · C, 1, M]
      const nextC = tf.div(1 / prompts, tf.matMul(nextR, kernel, false, true)); // [B · C, 1, N]
      const moved = tf.mean(perImage(tf.abs(tf.sub(nextR, r))), 1, true); // [B, 1]
      const taken = (next: tf.Tensor, last: tf.Tensor) =>
        tf.reshape(tf.where(isGoing, perImage(next), perImage(last)), next.shape);
      [r, c] = [taken(nextR, r), taken(nextC, c)];
      isGoing = tf.logicalAnd(isGoing, tf.greaterEqual(moved, change));
    }
    return tf.reshape(tf.mul(tf.mul(tf.transpose(c, [0, 2, 1]), r), kernel), similarity.shape);
  }) as tf.Tensor4D;
}

/**
 * The similarity after transport, [B, C].
 *
 * @param locals unit rows [B, M, e]
 * @param prompts unit rows [C, N, e]
 */
export function transported(locals: tf.Tensor, prompts: tf.Tensor, options: SinkhornOptions): tf.Tensor2D {
  const [batch, count, width] = locals.shape as [number, number, number];
  const [classes, several] = prompts.shape as [number, number];
  const rows = tf.reshape(locals, [batch * count, width]) as tf.Tensor2D;
  const cosines = tf.matMul(rows, tf.reshape(prompts, [classes * several, width]) as tf.Tensor2D, false, true);
  const similarity = tf.transpose(tf.reshape(cosines, [batch, count, classes, several]), [0, 2, 3, 1]) as tf.Tensor4D;
  return tf.sum(tf.mul(transportPlans(similarity, options), similarity), [2, 3]);
}
