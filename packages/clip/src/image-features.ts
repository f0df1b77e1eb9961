import { type Compiled, compile } from '@dgprompt/engine';
import type { ImageSource, Preparation } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import type { ClipConfig } from './config.js';
import { checkFinite, imageBatches } from './image-batches.js';

/** Progress and cancellation. */
export interface ImageFeatureOptions {
  /** Stops before the next batch. */
  signal?: AbortSignal;
  /** Reports the number of images done, after every batch; `total` is known for a list. */
  onProgress?(progress: { done: number; total?: number }): void;
}

/** Compiled vision towers, kept until their CLIP is disposed. */
const towers = new WeakMap<object, Compiled<[tf.Tensor], tf.Tensor2D>>();

/**
 * Features of image files: decoded as for zero-shot classification (short side resized, central square, normalised), in
 * batches of at most 32 through a compiled vision tower, which is kept until the CLIP is disposed.
 *
 * @param images a path, encoded bytes, or any iterable of them, also an async one
 * @returns [N, e], L2-normalised; the caller disposes it
 * @throws one sentence with the path of an image (or its position, if it has none) that is not readable, or whose
 *   features are not finite; the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { imageFeatures, loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * const circle = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="20"/></svg>';
 * const images = [new TextEncoder().encode(circle)]; // or paths
 * const features = await imageFeatures(clip, images);
 * console.log(features.shape); // [ 1, 128 ]
 * clip.dispose();
 * ```
 */
export async function imageFeatures(
  clip: { config: ClipConfig; preparation: Preparation; vision(images: tf.Tensor): tf.Tensor2D },
  images: ImageSource | Iterable<ImageSource> | AsyncIterable<ImageSource>,
  { signal, onProgress }: ImageFeatureOptions = {},
): Promise<tf.Tensor2D> {
  const tower = towerOf(clip);
  const width = clip.config.embedDim;
  const total = Array.isArray(images) ? images.length : undefined;
  const parts: Float32Array[] = [];
  let done = 0;
  for await (const batch of imageBatches(images, clip.preparation, signal)) {
    const features = await tower(batch.pixels); // [size, e]
    const values = (await features.data()) as Float32Array;
    features.dispose();
    checkFinite(values, batch, width);
    parts.push(values.slice(0, batch.count * width));
    done += batch.count;
    onProgress?.({ done, ...(total !== undefined && { total }) });
  }
  const all = new Float32Array(done * width);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return tf.tensor2d(all, [done, width]);
}

function towerOf(clip: { vision(images: tf.Tensor): tf.Tensor2D }): Compiled<[tf.Tensor], tf.Tensor2D> {
  const known = towers.get(clip);
  if (known) return known;
  const tower = compile((pixels: tf.Tensor) => clip.vision(pixels), { cacheSize: 2 });
  towers.set(clip, tower);
  return tower;
}

/** Frees the compiled tower of a CLIP, if there is one. */
export function disposeTower(clip: object): void {
  void towers.get(clip)?.dispose();
  towers.delete(clip);
}
