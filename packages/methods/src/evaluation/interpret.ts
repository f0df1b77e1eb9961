import type { Method } from '../learner/types.js';

/** A word of the vocabulary, and how far a vector is from its embedding. */
export interface NearWord {
  word: string;
  /** Euclidean */
  distance: number;
}

/** What stands nearest to the vectors of one context. */
export interface ContextWords {
  /** The class that the context belongs to, if each has its own. */
  classname?: string;
  /** For each of its M vectors the nearest words, nearest first. */
  vectors: NearWord[][];
}

/**
 * The nearest words to each learned context vector, by Euclidean distance to the token embeddings, as CoOp (Zhou et al., IJCV 2022) looks at
 * what was learned. Of deep prompts it is those that enter the first layer; the deeper ones stand among no words.
 *
 * @param options.top how many words for each vector; default 3
 * @returns one entry, or one for each class of a class-specific context
 * @throws a sentence if the method learns no text context, or if the CLIP's tokenizer cannot name its words
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
  if (!context) throw new Error(`${name} learns no text context, so there are no words to find near it.`);
  const { tokenizer, weights } = clip;
  if (!tokenizer.word) throw new Error(`The tokenizer of this CLIP cannot name its words; load it with one that can.`);
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

/** The rows of a matrix that are nearest to a vector, nearest first. */
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
