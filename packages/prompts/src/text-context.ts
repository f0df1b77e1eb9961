import type { TextPrompts } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import { checkCount, initTemplate, initVectors, learned, type Random, type WordSource } from './init.js';

/** The position of the class name: after the context, in its middle, or before it. */
export type ContextPosition = 'end' | 'middle' | 'front';

export interface TextContextOptions {
  /** M, context vectors, at least 1. */
  tokens: number;
  /** Default: `end`, after the context. */
  position?: ContextPosition;
  /** Hand-written words whose embeddings initialise the first vectors: "a photo of a". Default: none. */
  init?: string;
  /** Number of classes, for class-specific contexts. Default: one context for all classes. */
  classes?: number;
}

/** A learned context around the class name. */
export interface TextContext extends TextPrompts {
  variables: { context: tf.Variable }; // [M, d_t], or [C, M, d_t]
}

/**
 * The learned context of a prompt (CoOp, Zhou et al., IJCV 2022): M vectors instead of words, one set for all classes
 * or one per class. They are initialised with word embeddings, and any further vectors with N(0, 0.02²).
 *
 * @throws one sentence for an unknown position or a number out of range
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { seededRandom } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 * import { textContext } from '@dgprompt/prompts';
 *
 * const clip = await loadClip(miniClip);
 * const prompts = textContext(clip, { tokens: 4, init: 'a photo of a' }, seededRandom(1));
 * console.log(clip.text(['sun', 'moon'], { prompts }).shape[0]); // 2
 * ```
 */
export function textContext(
  clip: WordSource,
  { tokens, position = 'end', init = '', classes }: TextContextOptions,
  random: Random,
): TextContext {
  checkCount('tokens', tokens);
  if (!['end', 'middle', 'front'].includes(position))
    throw new Error(`The position of the class name is "${position}"; it must be "end", "middle" or "front".`);
  const draw = () => initVectors(clip, { tokens, init }, random); // [M, d_t]
  const context = classes === undefined ? draw() : stacked(Array.from({ length: classes }, draw));
  const variables = { context: learned(context) };
  return {
    tokens,
    position,
    words: initTemplate(clip, tokens, init),
    variables,
    layer: l => (l === 0 ? variables.context : undefined),
  };
}

function stacked(contexts: tf.Tensor[]): tf.Tensor {
  const all = tf.stack(contexts); // [C, M, d_t]
  tf.dispose(contexts);
  return all;
}
