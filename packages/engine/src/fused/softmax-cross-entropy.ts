import * as tf from '@tensorflow/tfjs';

/**
 * Mean cross-entropy of softmax(logits) against class numbers.
 *
 * @param logits [B, C]
 * @param labels int32 [B], from 0 to C - 1
 * @param weights float [B]: 0 leaves a (padded) row out; the mean is over the sum of the weights
 * @returns scalar
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, weights?: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    const target = tf.oneHot(labels, logits.shape[1]) as tf.Tensor2D; // [B, C]
    const share = weights ? tf.div(weights, tf.sum(weights)) : tf.fill([logits.shape[0]], 1 / logits.shape[0]); // [B]
    const run = tf.customGrad((...args) => {
      const [z, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc];
      const logProbabilities = tf.logSoftmax(z);
      save([logProbabilities]);
      return {
        value: tf.neg(tf.sum(tf.mul(tf.sum(tf.mul(tf.cast(target, 'float32'), logProbabilities), 1), share))),
        gradFunc: (dy, saved) => {
          const difference = tf.sub(tf.exp(saved[0]!), tf.cast(target, 'float32'));
          return [tf.mul(tf.mul(difference, tf.expandDims(share, 1)), dy as tf.Tensor)];
        },
      };
    });
    return run(logits) as tf.Scalar;
  });
}
