import type { TextPrompts } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs';
import { checkCount, initTemplate, initVectors, learned, type Random, type WordSource } from './init.js';

/** Where the class name stands: after the context, in its middle, before it. */
export type ContextPosition = 'end' | 'middle' | 'front';

export interface TextContextOptions {
  /** M, context vectors, at least 1. */
  tokens: number;
  /** Default: after the context. */
  position?: ContextPosition;
  /** Hand-written words that the first vectors start as: "a photo of a". Default: none. */
  init?: string;
  /** Number of classes, for a context of its own for each (class-specific). Default: one context for all (unified). */
  classes?: number;
}

/** A learned context around the class name. */
export interface TextContext extends TextPrompts {
  variables: { context: tf.Variable }; // [M, d_t], or [C, M, d_t]
}

/**
 * The learned context of a prompt (CoOp, Zhou et al., IJCV 2022): M vectors in place of words, one set for all classes or one
 * for each. They start as the embeddings of words, as far as those go, and at N(0, 0.02²) beyond.
 *
 * @throws a sentence for a position or a number that cannot be
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
