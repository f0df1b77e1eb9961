import { compile } from '@dgprompt/engine';
import { tensorRows } from '@dgprompt/engine/weights';
import * as tf from '@tensorflow/tfjs-core';
import type { ClipTokenizer } from '../text/tokenizer.js';
import { type KeyValues, MASKED } from './block.js';
import { type Chunk, type EnsemblePlan, longestOf, planEnsemble } from './ensemble-plan.js';
import { prefixStates, type Rests, restFeatures, type Tokens, type Tower } from './ensemble-tower.js';
import { normalised } from './normalised.js';
import { DEFAULT_TEMPLATE } from './text-features.js';

/** Hand-written prompts, averaging, progress and cancellation. */
export interface EnsembleOptions {
  /** Hand-written prompts with `{}` for the name; default "a photo of a {}." */
  templates?: readonly string[];
  /** Average features that are not L2-normalised, so that long ones count more; default false. */
  raw?: boolean;
  /** Stops before the next chunk of prompts. */
  signal?: AbortSignal;
  /** Reports the number of prompts done, after every chunk. */
  onProgress?(progress: { done: number; total: number }): void;
}

/**
 * The mean of each class's features over hand-written prompts, normalised again (Radford et al., ICML 2021). Memory
 * grows with the number of prompts only by their tokens, and by the keys and values of each template's prefix.
 *
 * @returns [C, e], L2-normalised
 */
export async function textEnsemble(
  tower: Tower & { tokenizer: ClipTokenizer },
  classNames: readonly string[],
  { templates = [DEFAULT_TEMPLATE], raw = false, signal, onProgress }: EnsembleOptions = {},
): Promise<tf.Tensor2D> {
  if (templates.length === 0) throw new Error('Text features need at least one template.');
  const plan = planEnsemble(tower, classNames, templates);
  const words = tableOf(tower, plan);
  const prefixes = { table: words.table, places: words.places(plan.prefixes, longestOf(plan.prefixes)) };
  const { embedDim } = tower.config;
  const sums = new Float64Array(classNames.length * embedDim); // [C, e]
  const features = compile(
    (before: Tokens | KeyValues[], rests: Rests) => {
      const states = Array.isArray(before) ? before : prefixStates(tower, before);
      const found = restFeatures(tower, states, rests);
      return raw ? found : normalised(found);
    },
    { cacheSize: 1 },
  );
  let before: Tokens | KeyValues[] = longestOf(plan.prefixes) > 0 ? prefixes : [];
  try {
    signal?.throwIfAborted();
    if (plan.prefixesApart) before = await once((tokens: Tokens) => prefixStates(tower, tokens), prefixes);
    let done = 0;
    for (const chunk of plan.chunks) {
      signal?.throwIfAborted();
      const rests = { table: words.table, ...restsOf(tower, plan, chunk, words.places) };
      const found = await features(before, rests); // [N, e]
      const { table: _, ...own } = rests;
      add(sums, (await found.data()) as Float32Array, chunk, embedDim);
      tf.dispose([found, own]);
      done += chunk.prompts.length;
      onProgress?.({ done, total: classNames.length * templates.length });
    }
  } finally {
    tf.dispose([prefixes, before] as tf.TensorContainer);
    await features.dispose();
  }
  return tf.tidy(() => normalised(tf.tensor2d(Float32Array.from(sums), [classNames.length, embedDim])));
}

async function once<A, R>(fn: (given: A) => R, given: A): Promise<R> {
  const compiled = compile(fn, { cacheSize: 1 });
  try {
    return await compiled(given);
  } finally {
    await compiled.dispose();
  }
}

/** The embeddings of the words that occur, and rows of tokens as indices into them. */
function tableOf({ weights }: Tower, { prefixes, chunks }: EnsemblePlan) {
  const rests = chunks.flatMap(({ prompts }) => prompts.map(({ tokens }) => tokens));
  const place = new Map<number, number>();
  for (const row of [...prefixes, ...rests])
    for (const token of row) if (!place.has(token)) place.set(token, place.size);
  const ids = [...place.keys()];
  return {
    // [V, d]
    table: tf.tensor2d(tensorRows(weights.tokenEmbedding, ids), [ids.length, weights.tokenEmbedding.shape[1]!]),
    places(rows: readonly number[][], length: number): tf.Tensor {
      const places = new Int32Array(rows.length * length);
      rows.forEach((row, r) => {
        places.set(
          row.map(token => place.get(token)!),
          r * length,
        );
      });
      return tf.tensor2d(places, [rows.length, length], 'int32');
    },
  };
}

/** The tower's input for a chunk; a short last one is padded with copies of its first prompt. */
function restsOf(
  { config }: Tower,
  { prefixes, rows }: EnsemblePlan,
  { prompts, length }: Chunk,
  places: (rows: readonly number[][], length: number) => tf.Tensor,
): Omit<Rests, 'table'> {
  const full = Array.from({ length: rows }, (_, row) => prompts[row] ?? prompts[0]!);
  const longest = longestOf(prefixes); // P
  const width = longest + length;
  const positions = new Int32Array(rows * length);
  const { causal = true, contextLength } = config.text;
  const mask = causal ? new Float32Array(rows * length * width) : undefined;
  const ends = new Float32Array(rows * length);
  full.forEach(({ end, template }, row) => {
    const before = prefixes[template]!.length;
    ends[row * length + end] = 1;
    for (let query = 0; query < length; query++) {
      positions[row * length + query] = Math.min(before + query, contextLength - 1);
      const start = (row * length + query) * width;
      mask?.fill(MASKED, start + before, start + longest);
      mask?.fill(MASKED, start + longest + query + 1, start + width);
    }
  });
  return {
    places: places(
      full.map(({ tokens }) => tokens),
      length,
    ),
    positions: tf.tensor2d(positions, [rows, length], 'int32'),
    prefixes: tf.tensor1d(
      full.map(({ template }) => template),
      'int32',
    ),
    ...(mask && { mask: tf.tensor4d(mask, [rows, 1, length, width]) }),
    ends: tf.tensor3d(ends, [rows, length, 1]),
  };
}

/** Adds the features of a chunk's prompts to the sums of their classes. */
function add(sums: Float64Array, features: Float32Array, { prompts }: Chunk, width: number): void {
  prompts.forEach(({ label }, row) => {
    for (let i = 0; i < width; i++) sums[label * width + i]! += features[row * width + i]!;
  });
}
