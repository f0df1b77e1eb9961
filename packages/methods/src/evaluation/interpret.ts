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
  /** For each of the M vectors the nearest words, nearest first. */
  vectors: NearWord[][];
}

/**
 * The words nearest to each learned context vector, by Euclidean distance to the token embeddings, as in CoOp (Zhou et
 * al., IJCV 2022). Of deep prompts, only those of the first layer are in the word embedding space.
 *
 * @param options.top words per vector. Default: 3
 * @returns one entry, or one per class of a class-specific context
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
export function interpret({ name, clip, classNames, learner }: Method, { top = 3 } = {}): ContextWords[] {
  const context = learner.context?.layer(0);
  if (!context) throw new Error(`${name} learns no text context, so it has no nearest words.`);
  const { tokenizer, weights } = clip;
  if (!tokenizer.word)
    throw new Error(`The tokenizer of this CLIP has no names for its tokens; load the CLIP with a tokenizer that has.`);
  if (!Number.isInteger(top) || top < 1) throw new Error(`top is ${top}; it must be a whole number of at least 1.`);
  const values = context.dataSync<'float32'>();
  const width = context.shape.at(-1)!;
  const embeddings = weights.text.tokenEmbedding.dataSync<'float32'>(); // [vocabulary, d_t]
  const count = embeddings.length / width;
  const vectors = Array.from({ length: values.length / width }, (_, m) =>
    nearest(values.subarray(m * width, (m + 1) * width), embeddings, Math.min(top, count)).map(
      ({ row, distance }): NearWord => ({ word: tokenizer.word!(row) ?? `token ${row}`, distance }),
    ),
  );
  if (context.rank === 2) return [{ vectors }];
  const each = context.shape[1]!;
  return classNames.map((classname, c) => ({ classname, vectors: vectors.slice(c * each, (c + 1) * each) }));
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
