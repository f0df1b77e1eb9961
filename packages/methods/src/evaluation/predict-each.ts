import * as tf from '@tensorflow/tfjs';
import type { Method } from '../method/types.js';
import { evalTransform, type Transform } from '../transforms/transform.js';
import { type Classify, classifier, type Prediction } from './classifier.js';
import { standardBatch } from './evaluate.js';
import { ranked } from './predict.js';

export interface PredictEachOptions {
  /** How many classes to give, best first. Default 5. */
  top?: number;
  /** Where pixels come from, instead of image files. */
  transform?: Transform;
  signal?: AbortSignal;
}

/** What became of one image: its most likely classes, or why it could not be read. */
export type Answer = { path: string; predictions: Prediction[] } | { path: string; error: Error };

/**
 * The most likely classes of any number of images, answered as they come: a batch is classified while the next one is decoded, so
 * it is as fast as `evaluate`, and no more than two batches are in memory. An image that cannot be read does not stop the others.
 *
 * @param images paths, in a list or as they become known
 * @returns an answer for each image, in their order
 * @throws the signal's reason when aborted
 */
export async function* predictEach(
  method: Method,
  images: Iterable<string> | AsyncIterable<string>,
  options: PredictEachOptions = {},
): AsyncGenerator<Answer, void, undefined> {
  const { top = 5, transform = evalTransform(method.clip.imageSize), signal } = options;
  const classify = classifier(method, { signal });
  try {
    for await (const { loaded, size } of loadedAhead(images, standardBatch(method), transform)) {
      signal?.throwIfAborted();
      yield* answered(classify, method, loaded, size, top);
    }
  } finally {
    await classify.dispose();
  }
}

type Loaded = { path: string; pixels: Float32Array } | { path: string; error: Error };

/** Batches of decoded images, each begun while the one before it is used. */
async function* loadedAhead(images: Iterable<string> | AsyncIterable<string>, size: number, transform: Transform) {
  const load = (path: string): Promise<Loaded> =>
    transform.load(path, { next: () => 0 }).then(
      pixels => ({ path, pixels }),
      (error: Error) => ({ path, error }),
    );
  let before: { loaded: Promise<Loaded[]>; size: number } | undefined;
  for await (const paths of inBatches(images, size)) {
    // A single image is not padded to a whole batch.
    const next = { loaded: Promise.all(paths.map(load)), size: paths.length === 1 ? 1 : size };
    if (before) yield { ...before, loaded: await before.loaded };
    before = next;
  }
  if (before) yield { ...before, loaded: await before.loaded };
}

async function* inBatches(images: Iterable<string> | AsyncIterable<string>, size: number): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const path of images) {
    batch.push(path);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* answered(
  classify: Classify,
  { clip, classNames }: Method,
  loaded: Loaded[],
  size: number,
  top: number,
): AsyncGenerator<Answer> {
  const side = clip.imageSize;
  const each = 3 * side * side;
  const pixels = new Float32Array(size * each); // [size, 3, R, R]
  loaded.forEach((image, row) => {
    if ('pixels' in image) pixels.set(image.pixels, row * each);
  });
  let logits = new Float32Array(0);
  if (loaded.some(image => 'pixels' in image)) {
    const batch = tf.tensor4d(pixels, [size, 3, side, side]);
    logits = (await classify.logits(batch)) as Float32Array<ArrayBuffer>;
    batch.dispose();
  }
  const classes = classNames.length;
  for (const [row, image] of loaded.entries()) {
    if ('error' in image) yield image;
    else {
      const scores = logits.subarray(row * classes, (row + 1) * classes);
      yield { path: image.path, predictions: ranked(scores, classNames, top) };
    }
  }
}
