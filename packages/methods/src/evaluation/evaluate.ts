import type { Item } from '@dgprompt/datasets';
import { prefetch } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { frozenRows } from '../features/image.js';
import { imagesAtOnce } from '../features/images-at-once.js';
import { slices } from '../features/slices.js';
import { checkItems } from '../method/items.js';
import type { Method } from '../method/types.js';
import { perImageText, promptedImages } from '../training/step.js';
import { evalTransform, pixelBatch, type Transform } from '../transforms/transform.js';
import { classifier } from './classifier.js';
import { largest } from './probabilities.js';

export interface EvaluateOptions {
  /** Images a batch. Default: what a CPU's cache holds of the vision tower, 32 elsewhere and at most; fewer where the text of every class is made anew for each image. */
  batch?: number;
  /**
   * Where pixels come from, instead of image files. Methods that leave images as they are share the frozen features of all images
   * that they are given with the same fixed views. Features of hand-written prompts are kept where those of the views are.
   */
  transform?: Transform;
  signal?: AbortSignal;
  /** Told how many hand-written prompts have their features, where a method has no text features of its own. */
  onText?(progress: { done: number; total: number }): void;
  onBatch?(progress: { done: number; total: number }): void;
}

export interface Evaluation {
  /** Images whose most likely class is their own, in percent. */
  top1: number;
  correct: number;
  total: number;
  /** The same for each class, in the order of the labels; classes without images are left out. */
  perClass: ClassAccuracy[];
  /** The most likely class of each item, in the items' order. */
  predicted: Int32Array;
  seconds: number;
}

export interface ClassAccuracy {
  classname: string;
  label: number;
  correct: number;
  total: number;
  /** In percent. */
  accuracy: number;
}

/**
 * Accuracy of a method on labelled images, among the method's own classes. Test images are seen whole: short side resized,
 * centre crop. Text features are computed once, unless the method makes them for each image.
 *
 * @throws a sentence for items that do not fit the classes; the signal's reason when aborted
 */
export async function evaluate(
  method: Method,
  items: readonly Item[],
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  checkItems(method, items);
  const started = performance.now();
  const { signal, onText, onBatch, transform } = options;
  const size = Math.min(options.batch ?? standardBatch(method), items.length);
  const classify = classifier(method, { signal, features: transform?.features, onProgress: onText });
  const predicted = new Int32Array(items.length);
  try {
    const load = await loader(method, items, size, options);
    const free = (images: unknown) => tf.dispose(images as tf.TensorContainer);
    for await (const [images, [start, batch]] of prefetch(
      [...slices(items, size)],
      async ([i, some]) => load(some, i),
      free,
    )) {
      signal?.throwIfAborted();
      const logits = await classify.logits(images);
      const classes = method.classNames.length;
      batch.forEach((_, row) => {
        predicted[start + row] = largest(logits.subarray(row * classes, (row + 1) * classes));
      });
      onBatch?.({ done: start + batch.length, total: items.length });
    }
  } finally {
    await classify.dispose();
  }
  return { ...tally(method, items, predicted), seconds: (performance.now() - started) / 1000 };
}

/**
 * What the classifier is given: pixels; or, where images are left as they are and looked at through views that others may share,
 * the frozen features, computed once for all of them.
 */
async function loader(method: Method, items: readonly Item[], size: number, options: EvaluateOptions) {
  const { clip } = method;
  const { signal, transform = evalTransform(clip.imageSize) } = options;
  const paths = items.map(({ path }) => path);
  if (options.transform?.fixed && !promptedImages(method)) {
    const rows = await frozenRows(clip, paths, { transform, signal });
    return async (batch: Item[], start: number) =>
      rows.batch(
        [...batch.keys()].map(i => start + i),
        size,
      );
  }
  return (batch: Item[], start: number) =>
    pixelBatch(transform, paths.slice(start, start + batch.length), size, {
      imageSize: clip.imageSize,
      seed: 0,
      signal,
    });
}

/** How many images a method is tested on at a time. Per-image text is a text tower for each image: about 500 prompts a batch keep it in memory. */
export function standardBatch(method: Method): number {
  const images = imagesAtOnce(method.clip);
  return perImageText(method) ? Math.max(1, Math.min(images, Math.floor(512 / method.classNames.length))) : images;
}

function tally({ classNames }: Method, items: readonly Item[], predicted: Int32Array): Omit<Evaluation, 'seconds'> {
  const counts = classNames.map((classname, label) => ({ classname, label, correct: 0, total: 0 }));
  items.forEach(({ label }, i) => {
    counts[label]!.total++;
    if (predicted[i] === label) counts[label]!.correct++;
  });
  const correct = counts.reduce((sum, c) => sum + c.correct, 0);
  const perClass = counts.filter(c => c.total > 0).map(c => ({ ...c, accuracy: (100 * c.correct) / c.total }));
  return { top1: (100 * correct) / items.length, correct, total: items.length, perClass, predicted };
}
