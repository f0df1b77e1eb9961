import type { Clip } from '@dgprompt/clip';
import { tensorRows } from '@dgprompt/engine/weights';
import * as tf from '@tensorflow/tfjs-core';

/** Draws initial values, such as `seededRandom` from `@dgprompt/engine`. */
export interface Random {
  normal(shape: number[], std: number): tf.Tensor;
  uniform(shape: number[], low: number, high: number): tf.Tensor;
}

/** The part of a CLIP that initialises a text prompt. */
export type WordSource = Pick<Clip, 'config' | 'tokenizer' | 'weights'>;

/** Standard deviation of vectors initialised with noise, in every published method. */
export const noise = 0.02;

/**
 * M initial vectors of a text context: word embeddings, and N(0, 0.02²) for any further vectors.
 *
 * @param options.tokens M
 * @param options.init hand-written words, possibly none; words beyond the first M tokens are not used
 * @returns [M, d_t]; owned by the caller
 */
export function initVectors(
  clip: WordSource,
  { tokens, init }: { tokens: number; init: string },
  random: Random,
): tf.Tensor {
  // draws all vectors, so that later draws do not depend on the words
  const drawn = random.normal([tokens, clip.config.text.width], noise);
  const ids = clip.tokenizer.encode(init).slice(0, tokens);
  if (ids.length === 0) return drawn;
  const vectors = tf.tidy(() => {
    const words = tf.tensor2d(tensorRows(clip.weights.text.tokenEmbedding, ids), [ids.length, clip.config.text.width]);
    return tf.concat([words, tf.slice(drawn, ids.length, tokens - ids.length)]);
  });
  drawn.dispose();
  return vectors;
}

/**
 * The hand-written template whose first M tokens a context replaces, if words remain: with two tokens, "a photo of a
 * {}." keeps "of a" as words (MaPLe). Undefined if the context replaces all words.
 */
export function initTemplate(clip: WordSource, tokens: number, init: string): string | undefined {
  return clip.tokenizer.encode(init).length > tokens ? `${init} {}.` : undefined;
}

/** A variable with an initial value; disposes the initial tensor. */
export function learned(init: tf.Tensor): tf.Variable {
  const variable = tf.variable(init);
  init.dispose();
  return variable;
}

/** @throws one sentence unless the value is a whole number from 1 to `most` */
export function checkCount(name: string, value: number, most = Number.POSITIVE_INFINITY): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  const range = Number.isFinite(most) ? `from 1 to ${most}, the layers of the tower` : 'of at least 1';
  throw new Error(`Prompts: ${name} is ${value}; it must be a whole number ${range}.`);
}
