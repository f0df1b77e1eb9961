import { compile } from '@dgprompt/engine';
import type { ImageSource, Preparation } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import { checkFinite, imageBatches } from './image-batches.js';
import type { EnsembleOptions } from './towers/text-ensemble.js';

/** A class and its probability, in [0, 1]. */
export interface Guess {
  label: string;
  score: number;
}

/** Hand-written prompts, progress, and a signal to stop. */
export type ZeroShotOptions = Omit<EnsembleOptions, 'raw'>;

/**
 * Classifies images, by path or as encoded bytes, the best class first. Scores sum to 1; those of a SigLIP are each
 * class's own probability, by the sigmoid that it was trained with, and may all be small.
 */
export interface ZeroShotClassifier {
  (image: ImageSource): Promise<Guess[]>;
  (images: readonly ImageSource[]): Promise<Guess[][]>;
  /** Text features, [C, e]. */
  features: tf.Tensor2D;
  /** Frees its features; the CLIP's `dispose` does so too. */
  dispose(): void;
}

/** The part of a CLIP that zero-shot classification needs. */
export interface ZeroShotModel {
  logitScale: number;
  logitBias: number;
  config: { logitBias?: boolean };
  preparation: Preparation;
  vision(images: tf.Tensor): tf.Tensor2D;
  ensemble(classNames: readonly string[], options?: EnsembleOptions): Promise<tf.Tensor2D>;
}

/** Class names, or a dataset: its names, and the templates that are used unless others are given. */
export type ZeroShotClasses = readonly string[] | { classNames: readonly string[]; templates?: readonly string[] };

/**
 * Zero-shot classification (Radford et al., 2021): a class is the mean of its templates' normalised text features,
 * normalised again.
 */
export async function zeroShot(
  clip: ZeroShotModel,
  classes: ZeroShotClasses,
  { templates: given, signal, onProgress }: ZeroShotOptions = {},
): Promise<ZeroShotClassifier> {
  const { classNames, templates = undefined } = 'classNames' in classes ? classes : { classNames: classes };
  const features = await clip.ensemble(classNames, { templates: given ?? templates, signal, onProgress }); // [C, e]
  const scores = compile(
    (images: tf.Tensor, text: tf.Tensor) => {
      const cosines = tf.matMul(clip.vision(images), text as tf.Tensor2D, false, true); // [B, C]
      const logits = tf.mul(cosines, clip.logitScale);
      return clip.config.logitBias ? tf.sigmoid(tf.add(logits, clip.logitBias)) : tf.softmax(logits);
    },
    { cacheSize: 2 },
  );
  async function classifyAll(images: readonly ImageSource[]): Promise<Guess[][]> {
    const width = classNames.length;
    const guesses: Guess[][] = [];
    for await (const batch of imageBatches(images, clip.preparation)) {
      const result = await scores(batch.pixels, features);
      const values = (await result.data()) as Float32Array;
      result.dispose();
      checkFinite(values, batch, width);
      for (let row = 0; row < batch.count; row++)
        guesses.push(sorted(classNames, values.subarray(row * width, (row + 1) * width)));
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

function sorted(classNames: readonly string[], scores: Float32Array): Guess[] {
  return classNames.map((label, i) => ({ label, score: scores[i]! })).sort((a, b) => b.score - a.score);
}
