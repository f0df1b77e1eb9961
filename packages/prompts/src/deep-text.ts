import type { TextPrompts } from '@dgprompt/clip';
import type * as tf from '@tensorflow/tfjs-core';
import { checkCount, initTemplate, initVectors, learned, noise, type Random, type WordSource } from './init.js';

/** Text prompts of several layers. */
export interface DeepText extends TextPrompts {
  variables: tf.Variable[]; // depth × [M, d_t]
}

/**
 * Text prompts of the first `depth` layers: the context entering the tower, and vectors that replace its outputs in
 * each layer above (MaPLe, Khattak et al., CVPR 2023). The context is initialised with word embeddings; words beyond
 * the first M tokens stay in the prompt as words. All other vectors are initialised with N(0, 0.02²).
 *
 * @param options.tokens M, prompt tokens per layer, at least 1
 * @param options.depth prompt depth: number of layers with prompts, from 1 (only the context) to the tower's layers
 * @param options.init hand-written initial words, without the class name: "a photo of a". Default: none
 * @throws one sentence for a number out of range
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { seededRandom } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { deepText } from '@dgprompt/prompts';
 *
 * const clip = await loadClip(miniClip);
 * const prompts = deepText(clip, { tokens: 2, depth: 3, init: 'a photo of a' }, seededRandom(1));
 * console.log(prompts.words, clip.text(['sun', 'moon'], { prompts }).shape[0]); // a photo of a {}. 2
 * ```
 */
export function deepText(
  clip: WordSource,
  { tokens, depth, init = '' }: { tokens: number; depth: number; init?: string },
  random: Random,
): DeepText {
  const { width, layers } = clip.config.text;
  checkCount('tokens', tokens);
  checkCount('depth', depth, layers);
  const context = initVectors(clip, { tokens, init }, random); // [M, d_t]
  const deeper = Array.from({ length: depth - 1 }, () => random.normal([tokens, width], noise));
  const variables = [context, ...deeper].map(learned);
  return { tokens, words: initTemplate(clip, tokens, init), variables, layer: l => variables[l] };
}
