import { compile } from '@dgprompt/engine';
import { evalPixels, type ImageSource } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs';
import type { EnsembleOptions } from './towers/text-ensemble.js';

/** A class and its probability, in [0, 1]. */
export interface Guess {
  label: string;
  score: number;
}

/** Hand-written prompts, progress, and a signal to stop. */
export type ZeroShotOptions = Omit<EnsembleOptions, 'raw'>;

/** Classifies images, by path or as encoded bytes. Scores sum to 1, the best comes first. */
export interface ZeroShotClassifier {
  (image: ImageSource): Promise<Guess[]>;
  (images: readonly ImageSource[]): Promise<Guess[][]>;
  /** Text features, [C, e]. */
  features: tf.Tensor2D;
  /** Frees its features; the CLIP's `dispose` does it too. */
  dispose(): void;
}

/** The part of a CLIP that zero-shot classification needs. */
export interface ZeroShotModel {
  logitScale: number;
  imageSize: number;
  vision(images: tf.Tensor): tf.Tensor2D;
  ensemble(classNames: readonly string[], options?: EnsembleOptions): Promise<tf.Tensor2D>;
}

/** Images that go through the tower at once, at most. */
const BATCH = 32;

/**
 * Zero-shot classification (Radford et al., 2021): a class is the mean of its templates' normalised text features,
 * normalised again.
 */
export async function zeroShot(
  clip: ZeroShotModel,
  classNames: readonly string[],
  { templates, signal, onProgress }: ZeroShotOptions = {},
): Promise<ZeroShotClassifier> {
  const features = await clip.ensemble(classNames, { templates, signal, onProgress }); // [C, e]
  const scores = compile(
    (images: tf.Tensor, text: tf.Tensor) =>
      tf.softmax(tf.mul(tf.matMul(clip.vision(images), text as tf.Tensor2D, false, true), clip.logitScale)), // [B, C]
    { cacheSize: 2 },
  );
  async function classifyAll(images: readonly ImageSource[]): Promise<Guess[][]> {
    const size = Math.min(BATCH, images.length);
    const guesses: Guess[][] = [];
    for (let start = 0; start < images.length; start += size) {
      const chunk = images.slice(start, start + size);
      const pixels = await stacked(chunk, size, clip.imageSize);
      const result = await scores(pixels, features);
      const values = (await result.data()) as Float32Array;
      tf.dispose([pixels, result]);
      chunk.forEach((_, row) => {
        guesses.push(sorted(classNames, values.subarray(row * classNames.length, (row + 1) * classNames.length)));
      });
    }
    return guesses;
  }
  const classify = async (given: ImageSource | readonly ImageSource[]) =>
    Array.isArray(given) ? classifyAll(given) : (await classifyAll([given as ImageSource]))[0]!;
  return Object.assign(classify, {
    features,
    dispose() {
      features.dispose();
      void scores.dispose();
    },
  }) as ZeroShotClassifier;
}

/** Images as one batch [size, 3, R, R], padded with zeros so that a short last batch needs no other graph. */
async function stacked(images: readonly ImageSource[], size: number, side: number): Promise<tf.Tensor4D> {
  const all = new Float32Array(size * 3 * side * side);
  const pixels = await Promise.all(images.map(image => evalPixels(image, side)));
  pixels.forEach((image, i) => {
    all.set(image, i * image.length);
  });
  return tf.tensor4d(all, [size, 3, side, side]);
}

function sorted(classNames: readonly string[], scores: Float32Array): Guess[] {
  return classNames.map((label, i) => ({ label, score: scores[i]! })).sort((a, b) => b.score - a.score);
}
