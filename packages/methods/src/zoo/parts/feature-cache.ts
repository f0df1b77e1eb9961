import * as tf from '@tensorflow/tfjs-core';
import type { FeaturePair, Features, Fit, Shots } from '../../learner/types.js';
import { ownLabels } from './own-classes.js';

/** The factor of cosines in Tip-Adapter's published code, whatever the checkpoint's logit scale. */
export const tipScale = 100;

/** A cache of the shots' features (keys) with their labels (values). */
export interface FeatureCache {
  /** Unit rows, [N, e] */
  keys: tf.Variable;
  /** Class of each key, [N] */
  labels: tf.Variable;
  /** Weight of the cache's votes. */
  alpha: tf.Variable;
  /** Sharpness: how fast a key's vote falls with its distance. */
  beta: tf.Variable;
}

/** An empty cache: it votes for the first class only, until `fillCache`. */
export function emptyCache(images: number, width: number, given: { alpha: number; beta: number }): FeatureCache {
  const variable = (make: () => tf.Tensor) => tf.tidy(() => tf.variable(make()));
  return {
    keys: variable(() => tf.zeros([images, width])),
    labels: variable(() => tf.zeros([images])),
    alpha: variable(() => tf.scalar(given.alpha)),
    beta: variable(() => tf.scalar(given.beta)),
  };
}

/**
 * Fills the cache with the shots: each key is the mean of an image's features over augmented views, normalised again.
 *
 * @throws one sentence if the number of shots differs
 */
export async function fillCache(
  name: string,
  cache: FeatureCache,
  shots: Shots,
  { passes, features }: { passes: number; features: (images: tf.Tensor4D) => tf.Tensor },
): Promise<Fit | undefined> {
  const [count] = shots.features.shape;
  const places = cache.keys.shape[0]!;
  if (count !== places)
    throw new Error(
      `${name}: its cache was made for ${places} training images, but gets ${count}; make it from the dataset that it learns from, or give images=${count}.`,
    );
  const { augmented } = shots;
  let mean = tf.clone(shots.features) as tf.Tensor; // normalising a single view does not change its cosine
  if (augmented) {
    const sum = new Float64Array(shots.features.size);
    for (let k = 0; k < passes; k++) {
      const rows = await augmented(features, k);
      const values = await rows.data();
      rows.dispose();
      for (let i = 0; i < sum.length; i++) sum[i]! += values[i]! / passes;
    }
    mean.dispose();
    mean = tf.tensor2d(Float32Array.from(sum), shots.features.shape);
  }
  tf.tidy(() => {
    cache.keys.assign(tf.div(mean, tf.norm(mean, 2, -1, true)));
    cache.labels.assign(tf.tensor1d(Float32Array.from(shots.labels)));
  });
  mean.dispose();
  return undefined;
}

/**
 * The texts of any classes. For classes other than the cache's, `votes` are their columns among its votes; classes
 * without shots get the last one, of zeros.
 */
export function cacheTexts(own: readonly string[], names: readonly string[], text: tf.Tensor): Features {
  const features = tf.mul(text, 1); // [C, e]
  if (names.join('\n') === own.join('\n')) return { features };
  const columns = ownLabels(own, names).map(label => (label < 0 ? own.length : label));
  return { features, perClass: { votes: tf.tensor1d(columns, 'int32') } };
}

/**
 * Tip-Adapter's logits [B, C]: 100 · cosine + alpha · exp(−beta (1 − affinity)) · values.
 * @param classes of the cache
 */
export function cacheLogits(
  { keys, labels, alpha, beta }: FeatureCache,
  { image, text, perClass }: FeaturePair,
  classes: number,
): tf.Tensor2D {
  const affinity = tf.matMul(image, keys as tf.Tensor2D, false, true); // [B, N]
  const near = tf.exp(tf.mul(tf.sub(affinity, 1), beta)); // [B, N]
  const places = classes + (perClass?.votes ? 1 : 0);
  const values = tf.cast(tf.oneHot(tf.cast(labels, 'int32') as tf.Tensor1D, places), 'float32'); // [N, C]
  const zeroShot = tf.mul(tf.matMul(image, text, false, true), tipScale); // [B, C]
  const all = tf.matMul(near, values as tf.Tensor2D); // [B, C]
  const votes = perClass?.votes ? tf.gather(all, tf.cast(perClass.votes, 'int32'), 1) : all;
  return tf.add(zeroShot, tf.mul(votes, alpha)) as tf.Tensor2D;
}
