import { checkViews, evalPixels, type ImageSource, trainViews, type Views } from '@dgprompt/images';
import { type OnProgress, prefetch, randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { checkLogits, imageName } from '../features/finite.js';
import type { FrozenBatch, FrozenRows } from '../features/image.js';
import { imagesAtOnce } from '../features/images-at-once.js';
import { perImageText } from '../learner/forward.js';
import type { Method } from '../learner/types.js';
import { evalTransform, readPixels, type Transform } from '../transforms/transform.js';
import { adapted, checkAdaptation } from './adapt.js';
import { type Inference, inference } from './inference.js';

/** One image's logits [C], or why it could not be read. */
export type Classified<S extends ImageSource = ImageSource> =
  | { image: S; logits: Float32Array; error?: undefined }
  | { image: S; error: Error };

export interface ClassifyOptions {
  /** Images per batch; a smaller one is padded. Default: `standardBatch`, or 1 for a single image. */
  batch?: number;
  /**
   * Views per image, averaged for the prediction: 1, 5 or 9, see `testViews` of `@dgprompt/images`; must be 1 for a
   * method that adapts to each image. Default: 1
   */
  views?: Views;
  /** Source of the pixels, instead of image files. */
  transform?: Transform;
  /**
   * The augmented views of a method that adapts to each image; all images use the same random numbers, so their order
   * does not matter. Default: those that the method asks for, random resized crops and flips if none.
   */
  augmented?: Transform;
  /**
   * Frozen features of all images, in the same order and as many views, for a method without visual prompts, which then
   * needs no pixels.
   */
  rows?: FrozenRows;
  /** The method prepared earlier, owned by the caller. Default: prepared here and disposed at the end. */
  inference?: Inference;
  signal?: AbortSignal;
  /** Phases: `text`, hand-written prompts whose features are computed; `images`. */
  onProgress?: OnProgress;
}

/**
 * Logits of any number of images, in order: classifies a batch while the next one is decoded, with at most two in
 * memory. An unreadable image does not stop the others.
 *
 * @param images paths or encoded images, in a list or streamed
 * @throws one sentence for logits that are not finite, an invalid number of views, or several views with a method that
 *   adapts to each image; the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { classify } from '@dgprompt/methods/evaluation';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const method = zeroshot(await loadClip(miniClip), weather.classNames);
 * for await (const one of classify(method, [weather.test[0]!.path])) console.log(one.error ?? one.logits.length); // …
 * ```
 */
export async function* classify<S extends ImageSource>(
  method: Method,
  images: Iterable<S> | AsyncIterable<S>,
  options: ClassifyOptions = {},
): AsyncGenerator<Classified<S>, void, undefined> {
  const { signal, onProgress, views = 1, batch: size = standardBatch(method, views), rows } = options;
  checkViews(views);
  const total = Array.isArray(images) ? images.length : Number.NaN;
  if (method.learner.adapt) {
    if (views !== 1) throw new Error(adaptsAlone(method.name));
    yield* adaptEach(method, images, options, total);
    return;
  }
  const load = rows ? fromRows(rows, size) : fromPixels(method, size, options);
  const onText = (text: { done: number; total: number }) => onProgress?.({ phase: 'text', ...text });
  const features = options.transform?.features;
  const ready = options.inference ?? inference(method, { signal, features, onProgress: onText });
  const count = method.classNames.length;
  let done = 0;
  try {
    for await (const [{ input, errors }, batch] of prefetch(inBatches(images, size), load, free)) {
      signal?.throwIfAborted();
      const logits = input ? await ready.logits(input) : new Float32Array(0);
      for (const [row, image] of batch.images.entries()) {
        const error = errors.get(row);
        const own = logits.subarray(row * count, (row + 1) * count);
        if (!error) checkLogits(method.name, imageName(image, batch.start + row), own);
        yield error ? { image, error } : { image, logits: own };
      }
      done += batch.images.length;
      onProgress?.({ phase: 'images', done, total });
    }
  } finally {
    if (!options.inference) await ready.dispose();
  }
}

/**
 * Images per batch in tests. Per-image text runs the text tower per image, and about 500 prompts fit into memory.
 *
 * @param views of each image. Default: 1
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { standardBatch } from '@dgprompt/methods/evaluation';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = zeroshot(await loadClip(miniClip), ['sun', 'moon']);
 * console.log(standardBatch(method)); // 32
 * ```
 */
export function standardBatch(method: Method, views: Views = 1): number {
  const images = imagesAtOnce(method.clip, views);
  const withTexts = Math.floor(512 / (method.classNames.length * views));
  return perImageText(method) ? Math.max(1, Math.min(images, withTexts)) : images;
}

/**
 * The message that a method which adapts to each image takes only one view.
 *
 * @param name the method's id
 *
 * @example
 * ```ts
 * import { adaptsAlone } from '@dgprompt/methods/evaluation';
 *
 * console.log(adaptsAlone('tpt')); // tpt adapts to augmented views of each image; test it with one view.
 * ```
 */
export const adaptsAlone = (name: string): string =>
  `${name} adapts to augmented views of each image; test it with one view.`;

interface Batch<S> {
  /** Index of the first image. */
  start: number;
  images: S[];
}

async function* inBatches<S>(images: Iterable<S> | AsyncIterable<S>, size: number): AsyncGenerator<Batch<S>> {
  let batch: Batch<S> = { start: 0, images: [] };
  for await (const image of images) {
    batch.images.push(image);
    if (batch.images.length < size) continue;
    yield batch;
    batch = { start: batch.start + size, images: [] };
  }
  if (batch.images.length > 0) yield batch;
}

/** A batch ready for the classifier, without the images that could not be read. */
interface Loaded {
  input?: tf.Tensor4D | tf.Tensor5D | FrozenBatch;
  errors: ReadonlyMap<number, Error>;
}

const free = ({ input }: Loaded): void => tf.dispose(input);

const fromRows =
  (rows: FrozenRows, size: number) =>
  async (batch: Batch<ImageSource>): Promise<Loaded> => ({
    input: rows.batch(
      batch.images.map((_, i) => batch.start + i),
      size,
    ),
    errors: new Map(),
  });

function fromPixels({ clip: { preparation, imageSize } }: Method, size: number, options: ClassifyOptions) {
  const { batch, transform, views = 1, signal } = options;
  const whole = transform ?? evalTransform(preparation);
  const load = (image: ImageSource, random: { next(): number }) =>
    typeof image === 'string' ? whole.load(image, random) : evalPixels(image, preparation);
  return async ({ images }: Batch<ImageSource>): Promise<Loaded> => {
    signal?.throwIfAborted();
    const rows = batch === undefined && images.length === 1 ? 1 : size;
    const { pixels, errors } = await readPixels({ load }, images, rows, {
      preparation,
      random: randomStream(0),
      views,
    });
    if (errors.size === images.length) return { errors };
    const each = [3, imageSize, imageSize] as const;
    const input = views === 1 ? tf.tensor4d(pixels, [rows, ...each]) : tf.tensor5d(pixels, [rows, views, ...each]);
    return { input, errors };
  };
}

/** One image at a time, each with its own views. */
async function* adaptEach<S extends ImageSource>(
  method: Method,
  images: Iterable<S> | AsyncIterable<S>,
  { transform, augmented, signal, onProgress }: ClassifyOptions,
  total: number,
): AsyncGenerator<Classified<S>, void, undefined> {
  const { clip, learner, seed, name } = method;
  const { imageSize, preparation } = clip;
  const count = learner.adapt!.views;
  checkAdaptation(name, learner.adapt!);
  const { augmentation, interpolation = preparation.interpolation } = learner.adapt!;
  const ofViews = { ...preparation, interpolation };
  const whole = transform ?? evalTransform(preparation);
  const random = randomStream(seed).fork('test views');
  const load = async (image: S): Promise<Loaded> => {
    signal?.throwIfAborted();
    const isFile = typeof image === 'string';
    const randoms = Array.from({ length: count }, (_, i) => random.fork(i));
    const views =
      isFile && augmented
        ? Promise.all(randoms.map(own => augmented.load(image, own)))
        : trainViews(image, ofViews, randoms, { augmentation });
    const itself = isFile ? whole.load(image, random) : evalPixels(image, preparation);
    try {
      const all = (await Promise.all([itself, views])).flat();
      const pixels = new Float32Array(all.length * all[0]!.length);
      for (const [row, one] of all.entries()) pixels.set(one, row * one.length);
      return { input: tf.tensor4d(pixels, [all.length, 3, imageSize, imageSize]), errors: new Map() };
    } catch (error) {
      return { errors: new Map([[0, error as Error]]) };
    }
  };
  const ready = await adapted(method);
  let done = 0;
  try {
    for await (const [{ input, errors }, image] of prefetch(images, load, free)) {
      signal?.throwIfAborted();
      const error = errors.get(0);
      if (error) yield { image, error };
      else {
        const logits = await ready.logits(input as tf.Tensor4D);
        checkLogits(name, imageName(image, done), logits);
        yield { image, logits };
      }
      onProgress?.({ phase: 'images', done: ++done, total });
    }
  } finally {
    await ready.dispose();
  }
}
