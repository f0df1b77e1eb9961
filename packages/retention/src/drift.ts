import * as tf from '@tensorflow/tfjs-core';

/**
 * Distance of tuned features from the frozen ones: mean|tuned − frozen| over rows and entries, as in PromptSRC
 * (Khattak et al., ICCV 2023).
 *
 * @param tuned L2-normalised features, [B, e], [C, e] or [B, C, e]
 * @param frozen the frozen CLIP's features of the same images or classes; they broadcast: [C, e] fits [B, C, e]
 * @param mask 0/1 weight of each row of the first axis, [B]; 0 excludes the padding of a short batch
 * @returns scalar in [0, 2]
 *
 * @example
 * ```ts
 * import { featureDrift } from '@dgprompt/retention';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const drift = featureDrift(tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 1]]));
 * console.log(drift.dataSync()[0]); // 1
 * ```
 */
export function featureDrift(tuned: tf.Tensor, frozen: tf.Tensor, mask?: tf.Tensor1D): tf.Scalar {
  const entries = magnitude(tf.sub(tuned, frozen)); // [B, …, e]
  const axes = entries.shape.map((_, axis) => axis).slice(1);
  return rowMean(tf.mean(entries, axes) as tf.Tensor1D, mask);
}

/**
 * Distance of tuned predictions from the frozen ones: KL(softmax frozen ‖ softmax tuned), summed over classes and
 * averaged over the batch. PromptSRC's published code also divides it by the number of classes.
 *
 * @param tuned logits [B, C]
 * @param frozen logits of the frozen CLIP [B, C]
 * @param mask 0/1 weight of each row, [B]; 0 excludes the padding of a short batch
 * @returns scalar ≥ 0, in nats
 *
 * @example
 * ```ts
 * import { logitDrift } from '@dgprompt/retention';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const logits = tf.tensor2d([[2, 0, 1]]);
 * console.log(logitDrift(logits, logits).dataSync()[0]); // 0
 * ```
 */
export function logitDrift(tuned: tf.Tensor2D, frozen: tf.Tensor2D, mask?: tf.Tensor1D): tf.Scalar {
  const target = tf.logSoftmax(frozen); // [B, C]
  const terms = tf.mul(tf.exp(target), tf.sub(target, tf.logSoftmax(tuned))); // [B, C]
  return rowMean(tf.sum(terms, 1) as tf.Tensor1D, mask);
}

/** |x| with derivative 0 at 0, as in PyTorch; tf.abs has −1, which would push features that have not moved. */
function magnitude(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sign(x));
}

function rowMean(values: tf.Tensor1D, mask?: tf.Tensor1D): tf.Scalar {
  if (!mask) return tf.mean(values);
  return tf.div(tf.sum(tf.mul(values, mask)), tf.maximum(tf.sum(mask), 1));
}
