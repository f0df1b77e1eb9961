import { evalPixels, type ImageSource, type Preparation } from '@dgprompt/images';
import { prefetch } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';

/** One image by path or as encoded bytes, or any number of them, also streamed. */
type Images = ImageSource | Iterable<ImageSource> | AsyncIterable<ImageSource>;

/** Images as the input of a vision tower. */
export interface ImageBatch {
  pixels: tf.Tensor4D; // [size, 3, R, R], zeros beyond `count`
  count: number;
  /** The name of image i of this batch in errors. */
  nameOf(i: number): string;
}

/** Maximum number of images that go through the tower at once. */
const MOST = 32;

/**
 * Decodes images in batches of one size (a smaller first batch sets it), the next one while this one is in use. Pixels
 * are freed after use.
 *
 * @throws one sentence with the path of an image that is not readable, or its position if it has none
 */
export async function* imageBatches(
  images: Images,
  preparation: Preparation,
  signal?: AbortSignal,
): AsyncGenerator<ImageBatch, void, undefined> {
  const { size: side } = preparation;
  let size: number | undefined;
  const load = async ({ sources, start }: Chunk): Promise<ImageBatch> => {
    signal?.throwIfAborted();
    size ??= sources.length;
    const rows = size;
    const nameOf = (i: number) => nameAt(sources[i]!, start + i);
    const loaded = await Promise.allSettled(sources.map(source => evalPixels(source, preparation)));
    const all = new Float32Array(rows * 3 * side * side);
    loaded.forEach((image, i) => {
      if (image.status === 'rejected') throw unreadable(image.reason, sources[i]!, nameOf(i));
      all.set(image.value, i * image.value.length);
    });
    return { pixels: tf.tensor4d(all, [rows, 3, side, side]), count: sources.length, nameOf };
  };
  for await (const [batch] of prefetch(chunks(images), load, ({ pixels }) => pixels.dispose())) {
    signal?.throwIfAborted();
    yield batch;
  }
}

/**
 * Checks one row of numbers per image.
 *
 * @throws a sentence naming the first image with a number that is not finite
 */
export function checkFinite(values: Float32Array, { count, nameOf }: ImageBatch, width: number): void {
  const at = values.subarray(0, count * width).findIndex(value => !Number.isFinite(value));
  if (at < 0) return;
  throw new Error(
    `${nameOf(Math.floor(at / width))} gives features that are not finite numbers: leave it out, or check the weights of this CLIP.`,
  );
}

interface Chunk {
  sources: ImageSource[];
  /** Index of the first one. */
  start: number;
}

async function* chunks(images: Images): AsyncGenerator<Chunk, void, undefined> {
  const many = isMany(images) ? images : [images];
  let sources: ImageSource[] = [];
  let start = 0;
  for await (const source of many) {
    sources.push(source);
    if (sources.length < MOST) continue;
    yield { sources, start };
    start += sources.length;
    sources = [];
  }
  if (sources.length > 0) yield { sources, start };
}

const isMany = (images: Images): images is Iterable<ImageSource> | AsyncIterable<ImageSource> =>
  typeof images === 'object' &&
  !(images instanceof Uint8Array) &&
  (Symbol.iterator in images || Symbol.asyncIterator in images);

const nameAt = (source: ImageSource, index: number): string =>
  typeof source === 'string'
    ? source
    : `Image ${index + 1}${source instanceof Uint8Array ? ` (${source.byteLength} bytes)` : ''}`;

/** The decoder names a file by its path; bytes get their position. */
function unreadable(cause: unknown, source: ImageSource, name: string): Error {
  if (typeof source === 'string' || !(cause instanceof Error)) return cause as Error;
  return new Error(cause.message.replace(/^The image of \d+ bytes/, name), { cause });
}
