import * as tf from '@tensorflow/tfjs-core';
import { activeBackend } from '../backend/backend.js';
import { GELU, GELU_TANH, QUICK_GELU } from '../kernels/fused.js';

/**
 * x·σ(1.702·x), the activation of OpenAI's CLIP (Hendrycks & Gimpel, 2016). Any shape.
 *
 * @example
 * ```ts
 * import { quickGelu } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * console.log(quickGelu(tf.scalar(1)).dataSync()[0]!.toFixed(4)); // 0.8458
 * ```
 */
export function quickGelu<T extends tf.Tensor>(x: T): T {
  return sigmoidGated(x, 1.702);
}

/**
 * x·σ(x), the activation in a SwiGLU (Elfwing et al., 2017). Any shape.
 *
 * @example
 * ```ts
 * import { silu } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * console.log(silu(tf.scalar(1)).dataSync()[0]!.toFixed(4)); // 0.7311
 * ```
 */
export function silu<T extends tf.Tensor>(x: T): T {
  return sigmoidGated(x, 1);
}

/** x·σ(alpha·x). */
function sigmoidGated<T extends tf.Tensor>(x: T, alpha: number): T {
  if (activeBackend()?.trace) return tf.engine().runKernel(QUICK_GELU, { x }, { alpha }) as unknown as T;
  return tf.tidy(() => tf.mul(x, tf.sigmoid(tf.mul(x, alpha))));
}

/**
 * x·Φ(x) by erf, the activation of OpenCLIP's models (Hendrycks & Gimpel, 2016). Any shape.
 *
 * @example
 * ```ts
 * import { gelu } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * console.log(gelu(tf.scalar(1)).dataSync()[0]!.toFixed(4)); // 0.8413
 * ```
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  if (activeBackend()?.trace) return tf.engine().runKernel(GELU, { x }) as unknown as T;
  return tf.tidy(() => tf.mul(x, normalCdf(x)));
}

/**
 * GELU with tanh, x·(1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2, the activation of SigLIP (Hendrycks & Gimpel, 2016).
 * Any shape.
 *
 * @example
 * ```ts
 * import { geluTanh } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * console.log(geluTanh(tf.scalar(1)).dataSync()[0]!.toFixed(4)); // 0.8412
 * ```
 */
export function geluTanh<T extends tf.Tensor>(x: T): T {
  if (activeBackend()?.trace) return tf.engine().runKernel(GELU_TANH, { x }) as unknown as T;
  return tf.tidy(() => tf.mul(x, tanhGate(x)));
}

const slope = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/** (1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2 */
function tanhGate<T extends tf.Tensor>(x: T): T {
  const inner = tf.mul(x, tf.add(tf.mul(tf.square(x), slope * cubic), slope));
  return tf.mul(tf.add(tf.tanh(inner), 1), 0.5) as T;
}

const normalCdf = <T extends tf.Tensor>(x: T): T => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

tf.registerGradient({
  kernelName: QUICK_GELU,
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({
    x: () => {
      const scaled = tf.mul(x!, (attributes as unknown as { alpha: number }).alpha);
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

tf.registerGradient({
  kernelName: GELU_TANH,
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({
    x: () => {
      const gate = tanhGate(x!);
      const steepness = tf.add(tf.mul(tf.square(x!), 3 * slope * cubic), slope); // of tanh's argument
      const bend = tf.mul(tf.mul(tf.mul(gate, tf.sub(1, gate)), 2), steepness); // d gate / dx
      return tf.mul(dy as tf.Tensor, tf.add(gate, tf.mul(x!, bend)));
    },
  }),
});
