import type { VisionPrompts } from '@dgprompt/clip';
import type * as tf from '@tensorflow/tfjs';
import { checkCount, learned, noise, type Random } from './init.js';

/** Visual prompts learned on their own. */
export interface DeepVisual extends VisionPrompts {
  variables: tf.Variable[]; // depth × [M, d_v]
}

/**
 * Visual prompts of the first `depth` layers, learned freely (VPT, Jia et al., ECCV 2022; depth 1 is its shallow form). They
 * start at N(0, 0.02²).
 *
 * @param clip whose vision tower they are for
 * @param options.tokens M, prompt tokens a layer, at least 1
 * @param options.depth how many layers have prompts, at least 1 and at most the tower's
 * @throws a sentence for a number that cannot be
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
