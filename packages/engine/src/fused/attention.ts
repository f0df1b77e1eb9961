import * as tf from '@tensorflow/tfjs-core';
import { activeBackend } from '../backend/backend.js';

/** alpha·a·b; ONNX Runtime scales inside the product. */
function scaledMatMul(a: tf.Tensor, b: tf.Tensor, alpha: number, transposeA: boolean, transposeB: boolean): tf.Tensor {
  if (activeBackend()?.trace) {
    return tf.engine().runKernel('BatchMatMul', { a, b }, { transposeA, transposeB, alpha }) as unknown as tf.Tensor;
  }
  return tf.mul(tf.matMul(a, b, transposeA, transposeB), alpha);
}

/** Sums the axes along which `shape` was broadcast. */
function unbroadcast(x: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  return axes.length === 0 ? x : tf.reshape(tf.sum(x, axes), shape);
}

/**
 * Scaled dot-product attention, softmax(q·kᵀ / √dh + mask)·v (Vaswani et al., NeurIPS 2017). Of its intermediate
 * values, only the attention weights are kept for the gradient. The mask gets no gradient.
 *
 * @param q [..., N, dh], not yet scaled
 * @param k [..., T, dh]
 * @param v [..., T, dh]
 * @param mask added to the scores; broadcasts to [..., N, T]; 0 where a query may attend, -1e9 elsewhere
 * @returns [..., N, dh]
 *
 * @example
 * ```ts
 * import { attention } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const x = tf.ones([2, 3, 4]);
 * console.log(attention(x, x, x).shape); // [ 2, 3, 4 ]
 * ```
 */
export function attention<T extends tf.Tensor>(q: T, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): T {
  const alpha = q.shape.at(-1)! ** -0.5;
  const run = tf.customGrad((...args) => {
    const [q, k, v, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const scores = scaledMatMul(q, k, alpha, false, true); // [..., N, T]
    const weights = tf.softmax(mask ? tf.add(scores, mask) : scores);
    save([q, k, v, weights]);
    return {
      value: tf.matMul(weights, v),
      gradFunc: (dy, saved) => {
        const [q, k, v, weights] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        const weighted = tf.mul(tf.matMul(dy as tf.Tensor, v, false, true), weights); // [..., N, T]
        const dScores = tf.sub(weighted, tf.mul(weights, tf.sum(weighted, -1, true)));
        return [
          unbroadcast(scaledMatMul(dScores, k, alpha, false, false), q.shape),
          unbroadcast(scaledMatMul(dScores, q, alpha, true, false), k.shape),
          unbroadcast(tf.matMul(weights, dy as tf.Tensor, true, false), v.shape),
        ];
      },
    };
  });
  return tf.tidy(() => run(q, k, v) as T);
}
