import type { ImageSource, Views } from '@dgprompt/images';
import type { Method, Prediction } from '../learner/types.js';
import type { Transform } from '../transforms/transform.js';
import { classify } from './classify.js';
import type { Inference } from './inference.js';
import { ranked } from './probabilities.js';

/** Inputs of the session for many images; single images have their own session. */
const many = 16;

/** The most likely classes of each image, best first. */
export async function predict(
  inference: Inference,
  method: Method,
  images: readonly ImageSource[],
  { top = 5, views = 1, signal }: { top?: number; views?: Views; signal?: AbortSignal } = {},
): Promise<Prediction[][]> {
  const batch = images.length === 1 ? 1 : Math.floor(many / views);
  const predictions: Prediction[][] = [];
  for await (const one of classify(method, images, { batch, views, inference, signal })) {
    if (one.error) throw one.error;
    predictions.push(ranked(one.logits, method.classNames, top));
  }
  return predictions;
}

export interface PredictEachOptions {
  /** Classes per image, best first. Default: 5. */
  top?: number;
  /** Source of the pixels, instead of image files. */
  transform?: Transform;
  /** See `EvaluateOptions`. Default: 1 */
  views?: Views;
  signal?: AbortSignal;
}

/** The most likely classes of one image, or why it could not be read. */
export type Answer = { path: string; predictions: Prediction[] } | { path: string; error: Error };

/**
 * The most likely classes of any number of images, answered as they arrive: as fast as `evaluate`, with at most two
 * batches in memory. An unreadable image does not stop the others.
 *
 * @param images paths, in a list or streamed
 * @returns one answer per image, in order
 * @throws the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { predictEach } from '@dgprompt/methods/evaluation';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const method = zeroshot(await loadClip(miniClip), weather.classNames);
 * const paths = [weather.test[0]!.path, 'no-such.png'];
 * for await (const answer of predictEach(method, paths, { top: 1 })) console.log('error' in answer);
 * // false
 * // true
 * ```
 */
export async function* predictEach(
  method: Method,
  images: Iterable<string> | AsyncIterable<string>,
  { top = 5, transform, views, signal }: PredictEachOptions = {},
): AsyncGenerator<Answer, void, undefined> {
  for await (const { image: path, ...one } of classify(method, images, { transform, views, signal }))
    yield one.error ? { path, error: one.error } : { path, predictions: ranked(one.logits, method.classNames, top) };
}
