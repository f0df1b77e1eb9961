import * as tf from '@tensorflow/tfjs-core';
import { withoutGradient } from './without-gradient.js';

/** When Sinkhorn's rounds end. */
export interface SinkhornOptions {
  /** Entropy of the plan. */
  eps: number;
  /** Most rounds. */
  rounds: number;
  /** The mean change of a round below which there is no other. */
  change: number;
  /** Over what the change is averaged: one image with all classes, or the whole batch, as in the published code. */
  stop: 'image' | 'batch';
}

/** What the options may be, in methods that have them. */
export const sinkhornRanges = { eps: [1e-3, 1e3], rounds: [1, 1000, 'whole'], change: [0, 1e6] } as const;
export const sinkhornChoices = { stop: ['image', 'batch'] } as const;

/**
 * Plans that move the mass of M local features to that of N prompts, both uniform, at the least cost 1 − similarity
 * (Cuturi, NeurIPS 2013). They have no gradient. Rounds after the last are computed and left out, so that one graph
 * serves all images.
 *
 * @param similarity [B, C, M, N]
 * @returns [B, C, M, N]
 */
export function transportPlans(similarity: tf.Tensor4D, { eps, rounds, change, stop }: SinkhornOptions): tf.Tensor4D {
  return withoutGradient(similarity, given => {
    const [batch, classes, locals, prompts] = similarity.shape;
    const kernel = tf.exp(tf.div(tf.sub(given, 1), eps)); // [B, C, M, N]
    let r = tf.ones([batch, classes, locals, 1]);
    let c = tf.ones([batch, classes, prompts, 1]);
    let going: tf.Tensor = tf.ones([stop === 'image' ? batch : 1, 1, 1, 1]);
    const axes = stop === 'image' ? [1, 2, 3] : [0, 1, 2, 3];
    for (let round = 0; round < rounds; round++) {
      const nextR = tf.div(1 / locals, tf.matMul(kernel, c)) as tf.Tensor4D;
      const nextC = tf.div(1 / prompts, tf.matMul(kernel, nextR, true)) as tf.Tensor4D;
      const moved = tf.mean(tf.abs(tf.sub(nextR, r)), axes, true);
      const isGoing = tf.greater(going, 0);
      r = tf.where(tf.logicalAnd(isGoing, tf.cast(tf.onesLike(r), 'bool')), nextR, r);
      c = tf.where(tf.logicalAnd(isGoing, tf.cast(tf.onesLike(c), 'bool')), nextC, c);
      going = tf.mul(going, tf.cast(tf.greaterEqual(moved, change), 'float32'));
    }
    return tf.mul(tf.mul(r, tf.transpose(c, [0, 1, 3, 2])), kernel) as tf.Tensor4D;
  }) as tf.Tensor4D;
}

/**
 * The similarity that is left after transport, [B, C].
 *
 * @param locals unit rows [B, M, e]
 * @param prompts unit rows [C, N, e]
 */
export function transported(locals: tf.Tensor, prompts: tf.Tensor, options: SinkhornOptions): tf.Tensor2D {
  const [batch, count, width] = locals.shape as [number, number, number];
  const [classes, several] = prompts.shape as [number, number];
  const rows = tf.reshape(locals, [batch * count, width]) as tf.Tensor2D;
  const cosines = tf.matMul(rows, tf.reshape(prompts, [classes * several, width]) as tf.Tensor2D, false, true);
  const similarity = tf.transpose(tf.reshape(cosines, [batch, count, classes, several]), [0, 2, 1, 3]) as tf.Tensor4D;
  return tf.sum(tf.mul(transportPlans(similarity, options), similarity), [2, 3]);
}
