import type { VisionPrompts } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs';
import type { DeepText } from './deep-text.js';
import type { Random } from './init.js';

/** A linear function from the text tower's width to the vision tower's. */
export type Coupling = {
  weight: tf.Variable; // [d_t, d_v]
  bias: tf.Variable; // [d_v]
};

/** Visual prompts made of text prompts. */
export interface Coupled extends VisionPrompts {
  variables: Coupling[];
}

/**
 * Visual prompts that are linear functions of the text prompts, layer by layer: P_v = P_t·W + b (MaPLe, Khattak et al., CVPR 2023).
 *
 * Weights and biases start as PyTorch's linear layers do, uniform in ±1/√d_t. As in the published code, the layers above
 * the first all start from the same values (they are clones of one), the first from its own.
 *
 * @param text the text prompts; one function is made for each of their layers
 * @param width d_v, width of the vision tower
 */
export function coupled(text: DeepText, width: number, random: Random): Coupled {
  const from = text.variables[0]!.shape[1]!;
  const bound = from ** -0.5;
  const draw = () => ({
    weight: random.uniform([from, width], -bound, bound),
    bias: random.uniform([width], -bound, bound),
  });
  const [first, deeper] = [draw(), draw()];
  const variables = text.variables.map((_, l) => {
    const start = l === 0 ? first : deeper;
    return { weight: tf.variable(start.weight), bias: tf.variable(start.bias) };
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
