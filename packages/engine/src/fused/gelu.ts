import * as tf from '@tensorflow/tfjs';
import { activeBackend } from '../backend/backend.js';
import { GELU, QUICK_GELU } from '../kernels/fused.js';

/**
 * x·σ(1.702·x), the activation of OpenAI's CLIP (Hendrycks & Gimpel, 2016). Any shape.
 *
 * @example
 * ```ts
 * import { quickGelu } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs';
 *
 * console.log(quickGelu(tf.scalar(1)).dataSync()[0]!.toFixed(4)); // 0.8458
 * ```
 */
export function quickGelu<T extends tf.Tensor>(x: T): T {
  if (activeBackend()?.trace) return tf.engine().runKernel(QUICK_GELU, { x }) as unknown as T;
  return tf.tidy(() => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))));
}

/**
 * x·Φ(x) by erf, the activation of OpenCLIP's models (Hendrycks & Gimpel, 2016). Any shape.
 *
 * @example
 * ```ts
 * import { gelu } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs';
 *
 * console.log(gelu(tf.scalar(1)).dataSync()[0]!.toFixed(4)); // 0.8413
 * ```
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  if (activeBackend()?.trace) return tf.engine().runKernel(GELU, { x }) as unknown as T;
  return tf.tidy(() => tf.mul(x, normalCdf(x)));
}

const normalCdf = <T extends tf.Tensor>(x: T): T => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

tf.registerGradient({
  kernelName: QUICK_GELU,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({
    x: () => {
      const scaled = tf.mul(x!, 1.702);
      const s = tf.sigmoid(scaled);
      return tf.mul(dy as tf.Tensor, tf.mul(s, tf.add(tf.mul(scaled, tf.sub(1, s)), 1)));
    },
  }),
});

tf.registerGradient({
  kernelName: GELU,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({
    x: () => {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy as tf.Tensor, tf.add(normalCdf(x!), tf.mul(x!, density)));
    },
  }),
});
