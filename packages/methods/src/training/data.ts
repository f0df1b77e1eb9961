import type { Item } from '@dgprompt/datasets';
import { prefetch } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { type FrozenRows, frozenRows, meanOfRows } from '../features/image.js';
import type { FeatureStore } from '../features/store.js';
import { type FrozenTextOptions, frozenText } from '../features/text.js';
import type { Method } from '../method/types.js';
import type { Transforms } from '../transforms/for-training.js';
import { pixelBatch } from '../transforms/transform.js';
import { type Batch, type ClassTargets, disposeBatch, perImageText, promptedImages } from './step.js';

export interface TrainingData {
  /** What is computed once for the class set. */
  targets: ClassTargets;
  /** The batches of an epoch (from 1), each loaded while the one before it is used, and freed after it. */
  epoch(number: number, order: number[][], seed: number): AsyncGenerator<Batch, void, undefined>;
  dispose(): void;
}

export interface TrainingDataOptions extends Transforms {
  /** Rows of a batch; shorter ones are padded. */
  batch: number;
  /** Where text features of hand-written prompts are kept. */
  features?: FeatureStore;
  signal?: AbortSignal;
  /** Told how far computing frozen features is, in images and views of them. */
  onFeatures?(progress: { done: number; total: number }): void;
  /** Told how many hand-written prompts have their features. */
  onText?(progress: { done: number; total: number }): void;
}

/** What a method's steps need of its class set, computed once. */
export async function classTargets(
  { clip, learner, task, classNames }: Method,
  how: Omit<FrozenTextOptions, 'raw'> = {},
): Promise<ClassTargets> {
  const targets: ClassTargets = {};
  if (!perImageText({ learner }) && !learner.textFeatures)
    targets.text = await frozenText(clip, classNames, learner.templates ?? task.templates, how);
  if (learner.frozen) {
    const { templates, raw } = learner.frozen;
    targets.frozen = await frozenText(clip, classNames, templates, { ...how, raw });
  }
  return targets;
}

/** Gets ready what a method's steps need, and computes what is frozen once: text targets, and image features of fixed views. */
export async function trainingData(
  method: Method,
  items: readonly Item[],
  { train, test, batch: size, features, signal, onText, onFeatures }: TrainingDataOptions,
): Promise<TrainingData> {
  const { clip, learner } = method;
  const paths = items.map(({ path }) => path);

  await learner.prepare?.(fn => meanOfRows(fn, paths, { clip, transform: test, signal }));
  const targets = await classTargets(method, { features, signal, onProgress: onText });
  const wantsFrozen = !promptedImages(method) || learner.frozen !== undefined;
  const rows: FrozenRows[] = []; // of each view
  for (const [k, views] of train.entries()) {
    if (!views.fixed || !wantsFrozen) break;
    const total = train.length * paths.length;
    const onRows = (done: number) => onFeatures?.({ done: k * paths.length + done, total });
    rows.push(await frozenRows(clip, paths, { transform: views, states: learner.frozen?.states, signal, onRows }));
  }
  const wantsPixels = promptedImages(method) || rows.length === 0;

  async function load(indices: number[], view: number, seed: number): Promise<Batch> {
    const chosen = indices.map(i => paths[i]!);
    const images = wantsPixels
      ? await pixelBatch(train[view]!, chosen, size, { imageSize: clip.imageSize, seed, signal })
      : undefined;
    const labels = new Int32Array(size);
    labels.set(indices.map(i => items[i]!.label));
    return {
      ...(images ? { images } : {}),
      ...(rows.length > 0 ? { frozen: rows[view]!.batch(indices, size) } : {}),
      labels: tf.tensor1d(labels, 'int32'),
      mask: tf.tensor1d(new Float32Array(size).fill(1, 0, indices.length)),
    };
  }

  async function* epoch(number: number, order: number[][], seed: number): AsyncGenerator<Batch, void, undefined> {
    // Each batch's views have a seed of their own, so that they do not depend on which is decoded first.
    const view = (number - 1) % train.length;
    const batches = prefetch(order, (indices, i) => load(indices, view, seed * 10_007 + i), disposeBatch);
    for await (const [batch] of batches) yield batch;
  }

  return {
    targets,
    epoch,
    dispose: () => tf.dispose(Object.values(targets)),
  };
}
