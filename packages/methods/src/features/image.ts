import type { Clip } from '@dgprompt/clip';
import { compile } from '@dgprompt/engine';
import type { Views } from '@dgprompt/images';
import { prefetch, randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { pixelBatch, type Transform } from '../transforms/transform.js';
import { firstNotFinite } from './finite.js';
import { imagesAtOnce } from './images-at-once.js';
import { slices } from './slices.js';
import { contentsOf, type Rows, storedRows } from './store.js';

/** The frozen CLIP's features that a method needs. */
export interface FrozenTargets {
  /**
   * Templates whose mean gives the text features, `{}` for the class name, or a function of the dataset's. Default: the
   * dataset's
   */
  templates?: readonly string[] | ((ofDataset: readonly string[]) => readonly string[]);
  /** Text features are the mean over the sentences about each class, if the task has them. Default: false */
  described?: boolean;
  /** Averages the templates' features without normalising them first (PromptSRC). Default: false */
  raw?: boolean;
  /** Also the class-token states entering every layer of the vision tower. Default: false */
  states?: boolean;
  /** Image features are those of whole images, even if training sees augmented views. Default: false */
  whole?: boolean;
  /**
   * Image features are those of another random view of each image than the method with visual prompts sees (of the next
   * one, if several are drawn once; the same, if there is only one). Needs visual prompts. Default: false
   */
  anotherView?: boolean;
  /**
   * Text features are those of one random template or sentence per class, drawn for each step, instead of their mean.
   * Default: false
   */
  oneText?: boolean;
}

/** Frozen features of many images, computed once. */
export interface FrozenRows {
  /** The rows of a batch, padded to `size`. */
  batch(indices: readonly number[], size: number): FrozenBatch;
}

/** The frozen CLIP's features of a batch. */
export type FrozenBatch = {
  image: tf.Tensor; // [B, e], or [B, V, e] of several views
  states?: tf.Tensor[]; // [B, d_v] each
};

/** The frozen CLIP's features [B, e] of images [B, 3, R, R]; with the states entering every layer, [B, d_v] each. */
export function frozenImage(
  clip: Clip,
  images: tf.Tensor4D,
  states = false,
): { image: tf.Tensor; states?: tf.Tensor[] } {
  if (!states) return { image: clip.vision(images) };
  const { features, ...seen } = clip.visionStates(images);
  return { image: features, ...seen };
}

/** Computed features, kept as long as their views are in use: methods trained on the same images share them. */
const shared = new WeakMap<Transform, WeakMap<Clip, Map<string, Rows[]>>>();

/**
 * The frozen features of every image, computed in batches. The same images (in the same order, so that no bit depends
 * on earlier calls) in the same fixed views of the same CLIP are computed once, and kept in the views' store if they
 * have one.
 *
 * @param options.views views per image; with several, the features are [B, V, e]. Default: 1
 */
export async function frozenRows(
  clip: Clip,
  paths: readonly string[],
  { states: wanted, ...given }: Omit<RowsOptions, 'clip'> & { states?: boolean },
): Promise<FrozenRows> {
  const kept = (given.transform.fixed && shared.get(given.transform)?.get(clip)) || new Map<string, Rows[]>();
  if (given.transform.fixed) {
    const ofViews = shared.get(given.transform) ?? new WeakMap<Clip, Map<string, Rows[]>>();
    shared.set(given.transform, ofViews.set(clip, kept));
  }
  const fn = (images: tf.Tensor4D) => {
    const { image, states = [] } = frozenImage(clip, images, wanted);
    return [image, ...states];
  };
  const contents = await contentsOf(paths, given.signal);
  const { views = 1 } = given;
  const what = views === 1 ? (wanted ?? false) : [wanted ?? false, `seen in ${views} views`];
  const key = JSON.stringify([what, paths, contents]);
  const compute = () => rowsOf(fn, paths, { ...given, clip });
  const { features } = given.transform;
  const stored = () => (features ? storedRows(features, clip, paths, what, compute, contents) : compute());
  const rows = kept.get(key) ?? (await stored());
  kept.set(key, rows);
  const [image, ...states] = rows;
  return {
    batch: (indices, size) => ({
      image: gather(image!, indices, size, views),
      ...(states.length > 0 ? { states: states.map(rows => gather(rows, indices, size, views)) } : {}),
    }),
  };
}

/** The mean over all images of each tensor [B, …] that `fn` returns for a batch; the caller's to dispose. */
export async function meanOfRows(
  fn: (images: tf.Tensor4D) => tf.Tensor[],
  paths: readonly string[],
  given: RowsOptions,
): Promise<tf.Tensor[]> {
  const rows = await rowsOf(fn, paths, given);
  return rows.map(({ values, width }) => {
    const mean = new Float64Array(width);
    values.forEach((value, i) => {
      mean[i % width]! += value / paths.length;
    });
    return tf.tensor1d(Float32Array.from(mean));
  });
}

interface RowsOptions {
  clip: Clip;
  transform: Transform;
  /** Views per image, in consecutive rows. Default: 1 */
  views?: Views;
  signal?: AbortSignal;
  /** Receives the number of finished images after each batch. */
  onRows?(done: number): void;
}

/** The result of `fn`, [B, d], for every image: [N, d], the caller's to dispose. */
export async function imageRows(
  fn: (images: tf.Tensor4D) => tf.Tensor,
  paths: readonly string[],
  given: RowsOptions,
): Promise<tf.Tensor2D> {
  const [rows] = await rowsOf(images => [fn(images)], paths, given);
  return tf.tensor2d(rows!.values, [paths.length, rows!.width]);
}

/** The results of `fn` for every image, row after row. */
async function rowsOf(
  fn: (images: tf.Tensor4D) => tf.Tensor[],
  paths: readonly string[],
  { clip, transform, views = 1, signal, onRows }: RowsOptions,
): Promise<Rows[]> {
  const size = Math.min(imagesAtOnce(clip, views), paths.length);
  const compiled = compile(fn, { cacheSize: 1 });
  const all: Rows[] = [];
  try {
    const load = ([, batch]: [number, readonly string[]]) =>
      pixelBatch(transform, batch, size, { preparation: clip.preparation, random: randomStream(0), views, signal });
    for await (const [images, [start, batch]] of prefetch([...slices(paths, size)], load, x => x.dispose())) {
      signal?.throwIfAborted();
      const outputs = await compiled(images);
      for (const [i, output] of outputs.entries()) {
        const values = (await output.data()) as Float32Array;
        const width = values.length / size;
        const wrong = firstNotFinite(values.subarray(0, batch.length * width));
        if (wrong)
          throw new Error(
            `${batch[Math.floor(wrong.at / width)]}: its image features are ${wrong.value}; check its pixels and the CLIP's weights.`,
          );
        all[i] ??= { values: new Float32Array(paths.length * width), width };
        all[i].values.set(values.subarray(0, batch.length * width), start * width);
      }
      tf.dispose(outputs);
      onRows?.(start + batch.length);
    }
    return all;
  } finally {
    await compiled.dispose();
  }
}

/**
 * Rows by index, [B, d], or [B, V, d] of several views; padding repeats the first, so that all computed values are
 * finite.
 */
function gather({ values, width }: Rows, indices: readonly number[], size: number, views: Views): tf.Tensor {
  const rows = new Float32Array(size * width);
  for (let row = 0; row < size; row++) {
    const index = indices[row] ?? indices[0]!;
    rows.set(values.subarray(index * width, (index + 1) * width), row * width);
  }
  return views === 1 ? tf.tensor2d(rows, [size, width]) : tf.tensor3d(rows, [size, views, width / views]);
}
