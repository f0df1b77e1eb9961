import type { TextPrompts } from '@dgprompt/clip';
import type * as tf from '@tensorflow/tfjs';
import { checkCount, initTemplate, initVectors, learned, noise, type Random, type WordSource } from './init.js';

/** Text prompts of several layers. */
export interface DeepText extends TextPrompts {
  variables: tf.Variable[]; // depth × [M, d_t]
}

/**
 * Text prompts of the first `depth` layers: the context entering the tower, and vectors that replace its outputs in each
 * layer above (MaPLe, Khattak et al., CVPR 2023). The context starts as the embeddings of words, as many as there are tokens
 * for; words beyond them stay in the prompt as words. Everything else starts at N(0, 0.02²).
 *
 * @param clip whose text tower they are for
 * @param options.tokens M, prompt tokens a layer, at least 1
 * @param options.depth how many layers have prompts, at least 1 and at most the tower's; 1 is the context alone
 * @param options.init hand-written words to start from, without the class name: "a photo of a"
 * @throws a sentence for a number that cannot be
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
