import type { VisionPrompts } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import type { DeepText } from './deep-text.js';
import type { Random } from './init.js';

/** A linear function from the text tower's width to the vision tower's. */
export type Coupling = {
  weight: tf.Variable; // [d_t, d_v]
  bias: tf.Variable; // [d_v]
};

/** Visual prompts computed from text prompts. */
export interface Coupled extends VisionPrompts {
  variables: Coupling[];
}

/**
 * Visual prompts that are linear functions of the text prompts, layer by layer: P_v = P_t·W + b (MaPLe, Khattak et al.,
 * CVPR 2023).
 *
 * Weights and biases are initialised like PyTorch's linear layers, uniform in ±1/√d_t. As in the published code, all
 * layers above the first have the same initial values (they are clones of one).
 *
 * @param text the text prompts; each of their layers gets its own function
 * @param width d_v, width of the vision tower
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { seededRandom } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { coupled, deepText } from '@dgprompt/prompts';
 *
 * const clip = await loadClip(miniClip);
 * const text = deepText(clip, { tokens: 2, depth: 3 }, seededRandom(1));
 * console.log(coupled(text, clip.config.vision.width, seededRandom(2)).variables.length); // 3
 * ```
 */
export function coupled(text: DeepText, width: number, random: Random): Coupled {
  const from = text.variables[0]!.shape[1]!;
  const bound = from ** -0.5;
  const draw = () => ({
    weight: random.uniform([from, width], -bound, bound),
    bias: random.uniform([width], -bound, bound),
  });
  const first = draw();
  const deeper = draw();
  const variables = text.variables.map((_, l) => {
    const init = l === 0 ? first : deeper;
    return { weight: tf.variable(init.weight), bias: tf.variable(init.bias) };
  });
  tf.dispose([first, deeper]);
  return {
    variables,
    layer(l) {
      const coupling = variables[l];
      return coupling && tf.add(tf.matMul(text.variables[l]!, coupling.weight), coupling.bias); // [M, d_v]
    },
  };
}
