import type { Item } from '@dgprompt/datasets';
import * as tf from '@tensorflow/tfjs';
import { ahead } from './ahead.js';
import type { FeatureStore } from './feature-store.js';
import { type FrozenRows, frozenRows, meanOfRows } from './frozen.js';
import { type FrozenTextOptions, frozenText } from './frozen-text.js';
import type { Method } from './method.js';
import { type Batch, type ClassTargets, disposeBatch, perImageText } from './step.js';
import { pixelBatch, type Views } from './views.js';

export interface TrainingData {
  /** What is computed once for the class set. */
  targets: ClassTargets;
  /** An epoch's batches, each loaded while the one before it is used, and freed after it. */
  epoch(order: number[][], seed: number): AsyncGenerator<Batch, void, undefined>;
  dispose(): void;
}

export interface TrainingViews {
  /** What is trained on. */
  views: Views;
  /** The undistorted view of each image, for averages over the training set. */
  still: Views;
  /** Rows of a batch; shorter ones are padded. */
  batch: number;
  /** Where text features of hand-written prompts are kept. */
  features?: FeatureStore;
  signal?: AbortSignal;
  onText?(progress: { done: number; total: number }): void;
}

/** What a method's steps need of its class set, computed once. */
export async function classTargets(
  { clip, parts, about, classNames }: Method,
  how: Omit<FrozenTextOptions, 'raw'> = {},
): Promise<ClassTargets> {
  const targets: ClassTargets = {};
  if (!perImageText({ parts }) && !parts.textFeatures)
    targets.text = await frozenText(clip, classNames, parts.templates ?? about.templates, how);
  if (parts.frozen) {
    const { templates, raw } = parts.frozen;
    targets.frozen = await frozenText(clip, classNames, templates, { ...how, raw });
  }
  return targets;
}

/** Gets ready what a method's steps need, and computes what is frozen once: text targets, and image features of fixed views. */
export async function trainingData(
  method: Method,
  items: readonly Item[],
  given: TrainingViews,
): Promise<TrainingData> {
  const { clip, parts } = method;
  const { views, still, batch: size, features, signal, onText } = given;
  const paths = items.map(({ path }) => path);
  const promptedImages = parts.features !== undefined || parts.imageFeatures !== undefined;

  await parts.prepare?.(fn => meanOfRows(fn, paths, { views: still, imageSize: clip.imageSize, signal }));
  const targets = await classTargets(method, { features, signal, onProgress: onText });
  const wantsFrozen = !promptedImages || parts.frozen !== undefined;
  const rows: FrozenRows | undefined =
    views.fixed && wantsFrozen
      ? await frozenRows(clip, paths, { views, states: parts.frozen?.states, signal })
      : undefined;
  const wantsPixels = promptedImages || !rows;

  async function load(indices: number[], seed: number): Promise<Batch> {
    const chosen = indices.map(i => paths[i]!);
    const images = wantsPixels
      ? await pixelBatch(views, chosen, size, { imageSize: clip.imageSize, seed, signal })
      : undefined;
    const labels = new Int32Array(size);
    labels.set(indices.map(i => items[i]!.label));
    return {
      ...(images ? { images } : {}),
      ...(rows ? { frozen: rows.batch(indices, size) } : {}),
      labels: tf.tensor1d(labels, 'int32'),
      rows: tf.tensor1d(new Float32Array(size).fill(1, 0, indices.length)),
    };
  }

  async function* epoch(order: number[][], seed: number): AsyncGenerator<Batch, void, undefined> {
    // Each batch's views have a seed of their own, so that they do not depend on which is decoded first.
    const batches = ahead(order, (indices, i) => load(indices, seed * 10_007 + i), disposeBatch);
    for await (const [batch] of batches) yield batch;
  }

  return {
    targets,
    epoch,
    dispose: () => tf.dispose(Object.values(targets)),
  };
}
