import * as tf from '@tensorflow/tfjs-core';

/**
 * CLIP's logits: cosine similarity times the logit scale.
 *
 * @param features.image L2-normalised, [B, e]
 * @param features.text L2-normalised, [C, e], or [B, C, e] for text made for each image
 * @param scale the logit scale, 100 in the published models
 * @returns [B, C]
 *
 * @example
 * ```ts
 * import { cosineLogits } from '@dgprompt/methods';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const image = tf.tensor2d([[1, 0]]);
 * const text = tf.tensor2d([[1, 0], [0, 1]]);
 * console.log(cosineLogits({ image, text }, 100).dataSync()); // Float32Array(2) [ 100, 0 ]
 * ```
 */
export function cosineLogits({ image, text }: { image: tf.Tensor; text: tf.Tensor }, scale: number): tf.Tensor2D {
  if (text.rank === 2) return tf.mul(tf.matMul(image, text, false, true), scale) as tf.Tensor2D;
  const cosine = tf.matMul(tf.expandDims(image, 1), text, false, true); // [B, 1, C]
  return tf.mul(tf.squeeze(cosine, [1]), scale) as tf.Tensor2D;
}
