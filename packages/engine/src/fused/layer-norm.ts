import * as tf from '@tensorflow/tfjs-core';
import { activeBackend } from '../backend/backend.js';
import { LAYER_NORM } from '../kernels/fused.js';

/**
 * Layer normalisation over the last axis (Ba et al., 2016), as in CLIP.
 *
 * @param x [..., D]
 * @param weight scale, [D]
 * @param bias shift, [D]
 * @param eps added to the variance, default 1e-5
 * @returns [..., D]
 * @throws one sentence if weight or bias has another shape
 *
 * @example
 * ```ts
 * import { layerNorm } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const x = tf.tensor2d([[1, 3]]);
 * const normal = layerNorm(x, tf.tensor1d([1, 1]), tf.tensor1d([0, 0]));
 * console.log(Array.from(normal.dataSync(), y => y.toFixed(3))); // [ '-1.000', '1.000' ]
 * ```
 */
export function layerNorm<T extends tf.Tensor>(x: T, weight: tf.Tensor1D, bias: tf.Tensor1D, eps = 1e-5): T {
  const width = x.shape.at(-1);
  if (`${weight.shape}` !== `${width}` || `${bias.shape}` !== `${width}`) {
    throw new Error(
      `layerNorm needs weight and bias of shape [${width}], but they have [${weight.shape}] and [${bias.shape}].`,
    );
  }
  if (activeBackend()?.trace) {
    const outputs = tf.engine().runKernel(LAYER_NORM, { x, weight, bias }, { eps }) as unknown as tf.Tensor[];
    return outputs[0] as T;
  }
  return tf.tidy(() => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), eps));
    return tf.add(tf.mul(tf.mul(centred, inverse), weight), bias) as T;
  });
}

tf.registerGradient({
  kernelName: LAYER_NORM,
  inputsToSave: ['x', 'weight'],
  outputsToSave: [false, true, true],
  gradFunc: (dy, saved) => {
    const dY = (dy as tf.Tensor[])[0]!;
    const [x, weight, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const normal = () => tf.mul(tf.sub(x, mean), inverse);
    const overRows = (t: tf.Tensor) => tf.sum(tf.reshape(t, [-1, x.shape.at(-1)!]), 0);
    return {
      x: () => {
        const n = normal();
        const g = tf.mul(dY, weight);
        const across = tf.mul(n, tf.mean(tf.mul(g, n), -1, true));
        return tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), across), inverse);
      },
      weight: () => overRows(tf.mul(dY, normal())),
      bias: () => overRows(dY),
    };
  },
});
