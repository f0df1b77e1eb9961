import * as tf from '@tensorflow/tfjs-core';

/**
 * Mean cross-entropy between softmax(logits) and class indices.
 *
 * @param logits [B, C]
 * @param labels int32 [B], from 0 to C - 1
 * @param weights float [B]: 0 excludes a (padded) row; the sum is divided by the sum of the weights
 * @returns scalar
 *
 * @example
 * ```ts
 * import { softmaxCrossEntropy } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const loss = softmaxCrossEntropy(tf.zeros([1, 4]), tf.tensor1d([2], 'int32'));
 * console.log(loss.dataSync()[0]!.toFixed(4), Math.log(4).toFixed(4)); // 1.3863 1.3863
 * ```
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, weights?: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    const run = tf.customGrad((...args) => {
      const [z, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
      const target = tf.cast(tf.oneHot(labels, z.shape[1]), 'float32'); // [B, C]
      const share = weights ? tf.div(weights, tf.sum(weights)) : tf.fill([z.shape[0]], 1 / z.shape[0]); // [B]
      const logProbabilities = tf.logSoftmax(z); // [B, C]
      const right = tf.sum(tf.mul(target, logProbabilities), 1); // [B]
      save([logProbabilities, target, tf.expandDims(share, 1)]);
      return {
        value: tf.neg(tf.sum(tf.mul(right, share))),
        gradFunc: (dy, saved) => {
          const [logProbabilities, target, share] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
          return [tf.mul(tf.mul(tf.sub(tf.exp(logProbabilities), target), share), dy as tf.Tensor)];
        },
      };
    });
    return run(logits) as tf.Scalar;
  });
}
