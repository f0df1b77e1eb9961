import * as tf from '@tensorflow/tfjs-core';
import { contextsOf } from '../learner/contexts.js';
import type { Method } from '../learner/types.js';

/** A word of the vocabulary, and a vector's distance from its embedding. */
export interface NearWord {
  word: string;
  /** Euclidean */
  distance: number;
}

/** The words nearest to the vectors of one context. */
export interface ContextWords {
  /** The class of a class-specific context. */
  classname?: string;
  /** Of several contexts which one, from 1. */
  context?: number;
  /** For each of the M vectors the nearest words, nearest first. */
  vectors: NearWord[][];
}

/**
 * The words nearest to each learned context vector, by Euclidean distance to the token embeddings, as in CoOp (Zhou et
 * al., IJCV 2022). Of deep prompts, only those of the first layer are in the word embedding space.
 *
 * @param options.top words per vector. Default: 3
 * @returns one entry for each context, and for each class of a class-specific one
 * @throws one sentence if the method learns no text context, or the CLIP's tokenizer has no names for its tokens
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { interpret } from '@dgprompt/methods/evaluation';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = coop(await loadClip(miniClip), ['sun', 'moon'], { tokens: 1, init: 'photo' });
 * console.log(interpret(method, { top: 1 })[0]!.vectors); // [ [ { word: 'photo', distance: 0 } ] ]
 * ```
 */
export function interpret(method: Method, { top = 3 } = {}): ContextWords[] {
  const { name, clip, classNames } = method;
  const { tokenizer, weights } = clip;
  const contexts = contextVectors(method);
  if (contexts.length === 0) throw new Error(`${name} learns no text context, so it has no nearest words.`);
  if (!tokenizer.word)
    throw new Error(`The tokenizer of this CLIP has no names for its tokens; load the CLIP with a tokenizer that has.`);
  if (!Number.isInteger(top) || top < 1) throw new Error(`top is ${top}; it must be a whole number of at least 1.`);
  const embeddings = weights.text.tokenEmbedding.dataSync<'float32'>(); // [vocabulary, d_t]
  const wordsOf = (vector: Float32Array): NearWord[] =>
    nearest(vector, embeddings, Math.min(top, embeddings.length / vector.length)).map(({ row, distance }) => ({
      word: tokenizer.word!(row) ?? `token ${row}`,
      distance,
    }));
  return contexts.flatMap(({ vectors, perClass }, n): ContextWords[] => {
    const near = vectors.map(wordsOf);
    const which = contexts.length === 1 ? {} : { context: n + 1 };
    if (!perClass) return [{ ...which, vectors: near }];
    return classNames.map((classname, c) => ({
      ...{ classname, ...which },
      vectors: near.slice(c * perClass, (c + 1) * perClass),
    }));
  });
}

/** The vectors of a learned context. */
export interface ContextVectors {
  /** Of width d_t; those of all classes in a row if the context is class-specific. */
  vectors: Float32Array[];
  /** How many each class has, if it is. */
  perClass?: number;
}

/**
 * The vectors of each context that a method has learned, in the space of word embeddings; none for a method without.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop, vpt } from '@dgprompt/methods';
 * import { contextVectors } from '@dgprompt/methods/evaluation';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const clip = await loadClip(miniClip);
 * console.log(contextVectors(coop(clip, ['sun', 'moon'], { tokens: 4 }))[0]!.vectors.length); // 4
 * console.log(contextVectors(vpt(clip, ['sun', 'moon']))); // []
 * ```
 */
export function contextVectors({ learner }: Method): ContextVectors[] {
  return tf.tidy(() =>
    contextsOf(learner).flatMap(({ layer }) => {
      const context = layer(0); // [M, d_t], or [C, M, d_t]
      if (!context) return [];
      const [values, width] = [context.dataSync<'float32'>(), context.shape.at(-1)!];
      const vectors = Array.from({ length: values.length / width }, (_, m) =>
        values.subarray(m * width, (m + 1) * width),
      );
      return [{ vectors, ...(context.rank === 3 && { perClass: context.shape[1]! }) }];
    }),
  );
}

/** The rows of a matrix nearest to a vector, nearest first. */
function nearest(vector: Float32Array, rows: Float32Array, top: number): { row: number; distance: number }[] {
  const width = vector.length;
  const found: { row: number; distance: number }[] = [];
  for (let row = 0; row * width < rows.length; row++) {
    let square = 0;
    for (let i = 0; i < width; i++) square += (vector[i]! - rows[row * width + i]!) ** 2;
    const distance = Math.sqrt(square);
    if (found.length === top && distance >= found[top - 1]!.distance) continue;
    found.push({ row, distance });
    found.sort((a, b) => a.distance - b.distance);
    found.length = Math.min(found.length, top);
  }
  return found;
}
