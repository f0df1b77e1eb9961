import { evalPixels, type ImageSource } from '@dgprompt/images';
import { slices } from '../features/slices.js';
import type { Method } from '../method/types.js';
import { pixelBatch, type Transform } from '../transforms/transform.js';
import type { Classify, Prediction } from './classifier.js';
import { probabilities } from './probabilities.js';

/** One session for single images, one for many. */
const many = 16;

/** The most likely classes of each image, best first. */
export async function predict(
  classify: Classify,
  { clip, classNames }: Method,
  images: readonly ImageSource[],
  { top = 5, signal }: { top?: number; signal?: AbortSignal } = {},
): Promise<Prediction[][]> {
  const views: Transform = { fixed: true, load: index => evalPixels(images[Number(index)]!, clip.imageSize) };
  const size = images.length === 1 ? 1 : many;
  const predictions: Prediction[][] = [];
  for (const [start, batch] of slices(images, size)) {
    signal?.throwIfAborted();
    const indices = batch.map((_, row) => String(start + row));
    const pixels = await pixelBatch(views, indices, size, { imageSize: clip.imageSize, seed: 0, signal });
    const logits = await classify.logits(pixels);
    pixels.dispose();
    const classes = classNames.length;
    batch.forEach((_, row) => {
      predictions.push(ranked(logits.subarray(row * classes, (row + 1) * classes), classNames, top));
    });
  }
  return predictions;
}

/** Classes and their probabilities, best first. */
export function ranked(logits: Float32Array, classNames: readonly string[], top: number): Prediction[] {
  return probabilities(logits)
    .map((score, i) => ({ label: classNames[i]!, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, top);
}
