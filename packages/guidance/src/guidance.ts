import * as tf from '@tensorflow/tfjs-core';
import { type Generator, type GeneratorVariables, generator, type Random } from './generator.js';

export interface GuidanceOptions {
  /** Width of the guiding states. */
  from: number;
  /** Width of the guided prompt tokens. */
  to: number;
  /** M, prompt tokens per layer. */
  tokens: number;
  /** J, number of layers with prompts; layers 1 … J − 1 can be guided. */
  depth: number;
  /** Width of each generator's bottleneck. Default: 64 */
  rank?: number;
  /** Whether the states of all lower layers guide, or only the last layer's. Default: true */
  hierarchical?: boolean;
  /** The first guided layer, ≥ 1. Default: 1 */
  first?: number;
  /** Whether a learned gate starts at zero instead of each generator's output projection. Default: false */
  gate?: boolean;
  /** Whether the guiding set always has one member, an image. Default: false */
  single?: boolean;
  /** Constant factor on the generators' output. Default: 1 */
  scale?: number;
}

/** Each guided layer's generator, by the layer's number (`layer3`). */
export type GuidanceVariables = { [layer: string]: GeneratorVariables };

export interface Guidance {
  variables: GuidanceVariables;
  /**
   * The addition to the prompt tokens entering a layer.
   * @param layer l, the layer about to run
   * @param states of the other modality, entering layers 0 … l (l + 1 in total), [n, d] or [B, n, d] each; the input of
   *   layer 0 is constant and is not read
   * @returns [M, to] or [B, M, to], or undefined if the layer is not guided
   */
  at(layer: number, states: tf.Tensor[]): tf.Tensor | undefined;
}

/**
 * One direction of DGPrompt's dual guidance: a separate generator for every guided layer l, which reads the states
 * entering layers 1 … l of the other tower. Guidance starts at layer 1, since the input of layer 0 is the same for
 * every image.
 *
 * @param options widths, depth and ablations; the defaults are our choice, since only the paper's abstract is public
 * @param random draws the initial values of every generator
 *
 * @example
 * ```ts
 * import { seededRandom } from '@dgprompt/engine';
 * import { guidance } from '@dgprompt/guidance';
 *
 * const random = seededRandom(1);
 * const toVision = guidance({ from: 512, to: 768, tokens: 2, depth: 3 }, random);
 * const states = [0, 1, 2].map(() => random.normal([10, 512], 1)); // of 10 classes, entering layers 0, 1 and 2
 * console.log(toVision.at(2, states)?.shape); // [ 2, 768 ]
 * ```
 */
export function guidance(options: GuidanceOptions, random: Random): Guidance {
  const {
    from,
    to,
    tokens,
    depth,
    rank = 64,
    hierarchical = true,
    first = 1,
    gate = false,
    scale = 1,
    single,
  } = options;
  const generators = new Map<number, Generator>();
  for (let l = Math.max(1, first); l < depth; l++)
    generators.set(l, generator({ from, to, tokens, layers: hierarchical ? l : 1, rank, gate, single }, random));
  return {
    variables: Object.fromEntries([...generators].map(([l, { variables }]) => [`layer${l}`, variables])),
    at(layer, states) {
      const read = hierarchical ? states.slice(1, layer + 1) : states.slice(layer, layer + 1);
      const added = generators.get(layer)?.generate(read);
      return added && scale !== 1 ? tf.mul(added, scale) : added;
    },
  };
}
