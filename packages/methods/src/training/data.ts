import type { Item } from '@dgprompt/datasets';
import { type OnProgress, type Progress, prefetch, type RandomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { type FrozenRows, frozenRows } from '../features/image.js';
import { oneText } from '../features/one-text.js';
import { type FrozenTextOptions, frozenText } from '../features/text.js';
import {
  givenFrozenText,
  handWrittenText,
  perImageText,
  promptedImages,
  textsOf,
  wantsFrozen,
} from '../learner/forward.js';
import type { Method } from '../learner/types.js';
import type { Transforms } from '../transforms/for-training.js';
import { type FeatureStore, pixelBatch } from '../transforms/transform.js';
import type { Batch, ClassTargets } from './loss.js';

export interface TrainingData {
  /** Features that are computed once for the class set. */
  targets: ClassTargets;
  /** The batches of an epoch (from 1), each loaded while the previous one is in use, and freed after use. */
  epoch(number: number, order: number[][], random: RandomStream): AsyncGenerator<Batch, void, undefined>;
  dispose(): void;
}

export interface TrainingDataOptions extends Pick<Transforms, 'train'>, Partial<Pick<Transforms, 'test'>> {
  /** Rows per batch; shorter ones are padded. */
  batch: number;
  /** Classes per step. Default: all */
  episode?: number;
  /** Where text features of hand-written prompts are kept. */
  features?: FeatureStore;
  signal?: AbortSignal;
  /** Phases: `text`, hand-written prompts whose features are computed; `features`, images (in each view). */
  onProgress?: OnProgress<Progress<'text' | 'features'>>;
}

/**
 * The features of the class set that a method's steps need, computed once.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { kgcoop } from '@dgprompt/methods';
 * import { classTargets } from '@dgprompt/methods/training';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = kgcoop(await loadClip(miniClip), ['sun', 'moon']);
 * console.log((await classTargets(method)).frozen?.shape[0]); // 2
 * ```
 */
export async function classTargets(method: Method, how: Omit<FrozenTextOptions, 'raw'> = {}): Promise<ClassTargets> {
  const { clip, learner, classNames } = method;
  const targets = await unconditionalTargets(method, how);
  if (wantsFrozen(method) || givenFrozenText(method)) {
    targets.frozen = await frozenText(clip, classNames, textsOf(method), { ...how, raw: learner.frozen?.raw });
  }
  return targets;
}

/** Those that do not depend on the loss. */
async function unconditionalTargets(method: Method, how: Omit<FrozenTextOptions, 'raw'>): Promise<ClassTargets> {
  if (perImageText(method) || method.learner.textFeatures) return {};
  return { text: await handWrittenText(method, how) };
}

/**
 * Prepares everything that a method's steps need: text targets, and image features of fixed views, are computed once.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { randomStream } from '@dgprompt/io';
 * import { coop } from '@dgprompt/methods';
 * import { trainingData } from '@dgprompt/methods/training';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 * import { evalTransform } from '@dgprompt/methods/transforms';
 *
 * const weather = await loadTask('weather');
 * const clip = await loadClip(miniClip);
 * const view = evalTransform(clip.preparation);
 * const method = coop(clip, weather.classNames);
 * const data = await trainingData(method, weather.train.slice(0, 4), { train: [view], batch: 2 });
 * for await (const { labels } of data.epoch(1, [[0, 1], [2, 3]], randomStream(1))) console.log(labels.shape);
 * // [ 2 ]
 * // [ 2 ]
 * data.dispose();
 * ```
 */
export async function trainingData(
  method: Method,
  items: readonly Item[],
  { train, test, batch: size, episode, features, signal, onProgress }: TrainingDataOptions,
): Promise<TrainingData> {
  const { clip, learner } = method;
  const paths = items.map(({ path }) => path);
  const { whole = false, anotherView = false, states } = learner.frozen ?? {};
  const how = { features, signal, onProgress: (text: Progress) => onProgress?.({ ...text, phase: 'text' }) };
  const wantsOther = anotherView && wantsFrozen(method);
  const drawsText = wantsFrozen(method) && learner.frozen!.oneText;
  const needsMean = !drawsText || givenFrozenText(method);
  const targets = await (needsMean ? classTargets(method, how) : unconditionalTargets(method, how));
  const dispose = () => tf.dispose(Object.values(targets));
  const texts = drawsText ? await oneText(clip, method.classNames, textsOf(method), how) : undefined;
  const wholeRows = whole && test && test !== train[0] && promptedImages(method);
  const wantsRows = !wholeRows && (!promptedImages(method) || wantsFrozen(method));
  const rows: FrozenRows[] = []; // of each view, or of the whole images
  try {
    for (const [k, views] of train.entries()) {
      if (!views.fixed || !wantsRows) break;
      const total = train.length * paths.length;
      const onRows = (done: number) => onProgress?.({ phase: 'features', done: k * paths.length + done, total });
      rows.push(await frozenRows(clip, paths, { transform: views, states, signal, onRows }));
    }
    if (wholeRows) {
      const onRows = (done: number) => onProgress?.({ phase: 'features', done, total: paths.length });
      rows.push(await frozenRows(clip, paths, { transform: test, states, signal, onRows }));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  const wantsPixels = promptedImages(method) || rows.length === 0;
  const rowsAt = (view: number) => rows[wholeRows ? 0 : (view + (wantsOther ? 1 : 0)) % rows.length]!;

  async function load(indices: number[], view: number, random: RandomStream): Promise<Batch> {
    const chosen = indices.map(i => paths[i]!);
    const pixels = (drawn: RandomStream) =>
      pixelBatch(train[view]!, chosen, size, { preparation: clip.preparation, random: drawn, signal });
    const [images, frozenView] = await allOrNone([
      wantsPixels ? pixels(random) : undefined,
      wantsOther && rows.length === 0 ? pixels(random.fork('frozen view')) : undefined,
    ]);
    const own = indices.map(i => items[i]!.label);
    const classes = episode === undefined ? undefined : episodeOf(own, method.classNames.length, episode, random);
    const labels = new Int32Array(size);
    labels.set(classes ? own.map(label => classes.indexOf(label)) : own);
    return {
      ...(images ? { images } : {}), // a graph's inputs are the properties that are present
      ...(rows.length > 0 ? { frozen: rowsAt(view).batch(indices, size) } : {}),
      ...(frozenView ? { frozenView } : {}),
      ...(texts ? { frozenText: texts.at(random.fork('text').next()) } : {}),
      ...(classes ? { classes: tf.tensor1d(classes, 'int32') } : {}),
      labels: tf.tensor1d(labels, 'int32'),
      mask: tf.tensor1d(new Float32Array(size).fill(1, 0, indices.length)),
    };
  }

  async function* epoch(
    number: number,
    order: number[][],
    random: RandomStream,
  ): AsyncGenerator<Batch, void, undefined> {
    // Each batch has its own stream, so that its views do not depend on which batch is decoded first.
    const view = (number - 1) % train.length;
    const free = (batch: Batch) => tf.dispose(batch);
    const loaded = prefetch(order, (indices, i) => load(indices, view, random.fork('batch', i)), free);
    for await (const [batch] of loaded) yield batch;
  }

  return { targets, epoch, dispose };
}

/** Tensors that are computed side by side; if one fails, the others are freed. */
async function allOrNone<T extends tf.Tensor>(given: (Promise<T> | undefined)[]): Promise<(T | undefined)[]> {
  const ended = await Promise.allSettled(given);
  const failed = ended.find(one => one.status === 'rejected');
  const made = ended.map(one => (one.status === 'fulfilled' ? one.value : undefined));
  if (!failed) return made;
  for (const one of made) one?.dispose();
  throw failed.reason;
}

/** The classes of a step's episode: those of its labels and random others, in a random order. */
export function episodeOf(labels: readonly number[], classCount: number, size: number, random: RandomStream): number[] {
  const own = [...new Set(labels)]; // all of them, even if they are more than an episode's classes
  const others = Array.from({ length: classCount }, (_, label) => label).filter(label => !own.includes(label));
  const drawn = random.fork('episode');
  return drawn.shuffle([...own, ...drawn.shuffle(others).slice(0, Math.max(0, size - own.length))]);
}
