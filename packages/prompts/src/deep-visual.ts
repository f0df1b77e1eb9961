import type { VisionPrompts } from '@dgprompt/clip';
import type * as tf from '@tensorflow/tfjs-core';
import { checkCount, learned, noise, type Random } from './init.js';

/** Independently learned visual prompts. */
export interface DeepVisual extends VisionPrompts {
  variables: tf.Variable[]; // depth × [M, d_v]
}

/**
 * Visual prompts of the first `depth` layers, learned independently (VPT, Jia et al., ECCV 2022; depth 1 is its shallow
 * form) and initialised with N(0, 0.02²).
 *
 * @param options.tokens M, prompt tokens per layer, at least 1
 * @param options.depth prompt depth: number of layers with prompts, from 1 to the tower's layers
 * @throws one sentence for a number out of range
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { seededRandom } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { deepVisual } from '@dgprompt/prompts';
 *
 * const clip = await loadClip(miniClip);
 * console.log(deepVisual(clip, { tokens: 2, depth: 3 }, seededRandom(1)).variables.length); // 3
 * ```
 */
export function deepVisual(
  clip: { config: { vision: { width: number; layers: number } } },
  { tokens, depth }: { tokens: number; depth: number },
  random: Random,
): DeepVisual {
  const { width, layers } = clip.config.vision;
  checkCount('tokens', tokens);
  checkCount('depth', depth, layers);
  const variables = Array.from({ length: depth }, () => learned(random.normal([tokens, width], noise)));
  return { variables, layer: l => variables[l] };
}
