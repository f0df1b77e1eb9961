import * as tf from '@tensorflow/tfjs';
import { type Generator, type GeneratorVariables, generator, type Random } from './generator.js';

export interface GuidanceOptions {
  /** Width of the states that guide. */
  from: number;
  /** Width of the prompt tokens that are guided. */
  to: number;
  /** M, prompt tokens a layer. */
  tokens: number;
  /** J, how many layers have prompts; layers 1 … J − 1 can be guided. */
  depth: number;
  /** Width of each generator's bottleneck. Default 64. */
  rank?: number;
  /** Whether all lower layers' states take part, or only the last. Default true. */
  hierarchical?: boolean;
  /** The first guided layer, ≥ 1: late states say more than early ones. Default 1. */
  first?: number;
  /** Start each generator with a learned gate at zero instead of an output projection of zeros. Default false. */
  gate?: boolean;
  /** Constant factor on what the generators add. Default 1. */
  scale?: number;
}

/** Each guided layer's generator, by the layer's number (`layer3`). */
export type GuidanceVariables = { [layer: string]: GeneratorVariables };

export interface Guidance {
  variables: GuidanceVariables;
  /**
   * What to add to the prompt tokens entering a layer.
   * @param layer l, the layer about to run
   * @param states the other modality's states entering layers 0 … l (so l + 1 of them), [n, d] or [B, n, d] each; the one
   *   entering layer 0 is a constant and is not read
   * @returns [M, to] or [B, M, to], or undefined where the layer is not guided
   */
  at(layer: number, states: tf.Tensor[]): tf.Tensor | undefined;
}

/**
 * One direction of DGPrompt's dual guidance: a generator of its own for every guided layer l, which reads the states entering
 * layers 1 … l of the other tower. Guidance starts at layer 1, since what enters layer 0 is the same for every image.
 *
 * @param options widths, depth and the ablations; the defaults are design choices of ours, the paper is silent
 * @param random draws the start of every generator
 */
export function guidance(options: GuidanceOptions, random: Random): Guidance {
  const { from, to, tokens, depth, rank = 64, hierarchical = true, first = 1, gate = false, scale = 1 } = options;
  const generators = new Map<number, Generator>();
  for (let l = Math.max(1, first); l < depth; l++)
    generators.set(l, generator({ from, to, tokens, layers: hierarchical ? l : 1, rank, gate }, random));
  return {
    variables: Object.fromEntries([...generators].map(([l, { variables }]) => [`layer${l}`, variables])),
    at(layer, states) {
      const read = hierarchical ? states.slice(1, layer + 1) : states.slice(layer, layer + 1);
      const added = generators.get(layer)?.generate(read);
      return added && scale !== 1 ? tf.mul(added, scale) : added;
    },
  };
}
