import * as tf from '@tensorflow/tfjs';

/**
 * How far tuned features have moved from the frozen ones: mean|tuned − frozen| over rows and entries, as PromptSRC
 * (Khattak et al., ICCV 2023) measures it.
 *
 * @param tuned L2-normalised features, [B, e], [C, e] or [B, C, e]
 * @param frozen the frozen CLIP's features of the same things; broadcast against `tuned`, so [C, e] serves [B, C, e]
 * @param rows 0/1 weight of each row of the first axis, [B]; 0 leaves out the padding of a short batch
 * @returns scalar in [0, 2]
 */
export function featureDrift(tuned: tf.Tensor, frozen: tf.Tensor, rows?: tf.Tensor1D): tf.Scalar {
  const entries = magnitude(tf.sub(tuned, frozen)); // [B, …, e]
  const axes = entries.shape.map((_, axis) => axis).slice(1);
  return rowMean(tf.mean(entries, axes) as tf.Tensor1D, rows);
}

/**
 * How far the tuned predictions have moved from the frozen ones: KL(softmax frozen ‖ softmax tuned), summed over classes,
 * averaged over the batch. PromptSRC's published code divides it by the number of classes as well.
 *
 * @param tuned logits [B, C]
 * @param frozen logits of the frozen CLIP [B, C]
 * @param rows 0/1 weight of each row, [B]; 0 leaves out the padding of a short batch
 * @returns scalar ≥ 0, in nats
 */
export function logitDrift(tuned: tf.Tensor2D, frozen: tf.Tensor2D, rows?: tf.Tensor1D): tf.Scalar {
  const target = tf.logSoftmax(frozen); // [B, C]
  const terms = tf.mul(tf.exp(target), tf.sub(target, tf.logSoftmax(tuned))); // [B, C]
  return rowMean(tf.sum(terms, 1) as tf.Tensor1D, rows);
}

/** |x| whose derivative at 0 is 0, as PyTorch's is; tf.abs has −1 there, which would push features that have not moved. */
function magnitude(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sign(x));
}

function rowMean(values: tf.Tensor1D, rows?: tf.Tensor1D): tf.Scalar {
  if (!rows) return tf.mean(values);
  return tf.div(tf.sum(tf.mul(values, rows)), tf.maximum(tf.sum(rows), 1));
}
