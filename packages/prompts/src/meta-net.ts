import * as tf from '@tensorflow/tfjs-core';
import { checkCount, type Random } from './init.js';

/** The learned parameters of a meta-net; linear layers are stored [in, out]. */
export type MetaNetVariables = {
  down: { weight: tf.Variable; bias: tf.Variable }; // [e, h], [h]
  up: { weight: tf.Variable; bias: tf.Variable }; // [h, d_t], [d_t]
};

export interface MetaNet {
  variables: MetaNetVariables;
  /** @param features image features [B, e] @returns the addition to every context vector of each image, [B, d_t] */
  apply(features: tf.Tensor): tf.Tensor2D;
}

/**
 * The network that makes a context depend on the image (CoCoOp, Zhou et al., CVPR 2022): linear, ReLU, linear, with
 * ⌊e / reduction⌋ hidden units. Initialised like PyTorch's linear layers, uniform in ±1/√in.
 *
 * @param options.from e, width of the image features
 * @param options.to d_t, width of the context vectors
 * @param options.reduction Default: 16
 * @throws one sentence for a reduction that leaves no hidden units
 *
 * @example
 * ```ts
 * import { seededRandom } from '@dgprompt/engine';
 * import { metaNet } from '@dgprompt/prompts';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const network = metaNet({ from: 64, to: 32 }, seededRandom(1));
 * console.log(network.apply(tf.zeros([5, 64])).shape); // [ 5, 32 ]
 * ```
 */
export function metaNet(
  { from, to, reduction = 16 }: { from: number; to: number; reduction?: number },
  random: Random,
): MetaNet {
  checkCount('reduction', reduction);
  const hidden = Math.floor(from / reduction);
  if (hidden < 1)
    throw new Error(`Prompts: reduction is ${reduction}; it must be at most ${from}, the width of the image features.`);
  const linear = (input: number, output: number) => {
    const bound = input ** -0.5;
    return tf.tidy(() => ({
      weight: tf.variable(random.uniform([input, output], -bound, bound)),
      bias: tf.variable(random.uniform([output], -bound, bound)),
    }));
  };
  const variables = { down: linear(from, hidden), up: linear(hidden, to) };
  return {
    variables,
    apply(features) {
      const { down, up } = variables;
      // [B, h]
      const inner = tf.relu(tf.add(tf.matMul(features as tf.Tensor2D, down.weight as tf.Tensor2D), down.bias));
      return tf.add(tf.matMul(inner as tf.Tensor2D, up.weight as tf.Tensor2D), up.bias);
    },
  };
}
