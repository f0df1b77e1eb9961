import { batches, type Item } from '@dgprompt/datasets';
import { learningRate, leaves } from '@dgprompt/engine';
import type { OnProgress, Progress } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { evaluate } from '../evaluation/evaluate.js';
import { frozenRows } from '../features/image.js';
import { promptedImages } from '../learner/forward.js';
import { checkItems } from '../learner/items.js';
import { changed } from '../learner/revision.js';
import type { Method, Recipe } from '../learner/types.js';
import { checkRecipe } from '../method/options.js';
import { checkCacheFeatures, type TransformOptions, transformName, transformsFor } from '../transforms/for-training.js';
import { cachedTransform, type Transform } from '../transforms/transform.js';
import { type Checkpoint, itemsHash, resumeCheckpoint, saveCheckpoint } from './checkpoint.js';
import { trainingData } from './data.js';
import { type Epoch, readHistory, writeHistory } from './history.js';
import { trainingStep } from './step.js';

export interface TrainOptions extends Partial<Recipe>, TransformOptions {
  /** Seed of shuffling and augmentation. Default: the method's. */
  seed?: number;
  /**
   * Folder for a checkpoint after every epoch: prompts, optimizer, `run.json`, `epochs.json`. If it holds a checkpoint
   * of the same run, training resumes from it, with the same bits as without the interruption, and yields the remaining
   * epochs.
   */
  checkpoint?: string;
  /**
   * Least seconds between two checkpoints, for short epochs; the last epoch always has one. Default: 0, one after every
   * epoch.
   */
  checkpointSeconds?: number;
  /**
   * Runs before each checkpoint is written (without a folder, after every epoch): an epoch interrupted here is trained
   * again, with the same bits.
   */
  beforeCheckpoint?(epoch: Epoch): Promise<void>;
  /** Images to test on after every epoch, each seen whole: `Epoch.validation`. Default: none, as published. */
  validation?: readonly Item[];
  /** Stops before the next step; the generator throws the signal's reason. */
  signal?: AbortSignal;
  /** Receives the epochs before the checkpoint that training resumes from. */
  onResume?(epochs: readonly Epoch[]): void;
  onProgress?: OnProgress<TrainProgress>;
}

/**
 * Before the first epoch: hand-written prompts (`text`) and images (`features`) whose frozen features are computed.
 * Then steps, of all epochs.
 */
export type TrainProgress = Progress<'text' | 'features'> | (Progress<'steps'> & Step);

export interface Step {
  /** From 1. */
  epoch: number;
  /** From 1, within the epoch. */
  step: number;
  /** Steps per epoch. */
  steps: number;
  /** Mean over the batch, before the update. */
  loss: number;
  lr: number;
}

/**
 * Trains a method's prompts, one epoch at a time, as in the published experiments: SGD with momentum 0.9 and weight
 * decay 5e-4, cosine annealing after one warm-up epoch, a loader that shuffles and drops a short last batch. A training
 * set smaller than a batch is one padded batch. A method that is fitted at once (linear probe) yields one epoch. The
 * same seed on the same machine gives the same bits.
 *
 * @param method its variables change in place
 * @param items labelled images; labels are indices into the method's class names
 * @param options take precedence over the method's recipe
 * @returns the epochs as they end; leaving the loop early frees everything and keeps the prompts as they are
 * @throws one sentence for items that do not fit the classes, for a checkpoint of another run, and for a loss that is
 *   no longer finite (with the step, the learning rate and what to try); the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop, train } from '@dgprompt/methods';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const method = coop(await loadClip(miniClip), weather.classNames, { epochs: 1, batch: 4 });
 * const images = weather.train.slice(0, 8);
 * for await (const { number, loss } of train(method, images)) console.log(number, loss > 0); // 1 true
 * ```
 */
export async function* train(
  method: Method,
  items: readonly Item[],
  options: TrainOptions = {},
): AsyncGenerator<Epoch, void, undefined> {
  const { signal, onProgress, seed = method.seed } = options;
  const recipe = checkTraining(method, items, options);
  const { lr, epochs, batch } = recipe;
  const paths = items.map(({ path }) => path);
  const { imageSize } = method.clip;
  const keepPixels = promptedImages(method);
  const views = transformsFor(paths, options, { imageSize, seed, epochs, keepPixels });
  const { test } = views;
  if (method.learner.fit) {
    yield await fitAtOnce(method, items, { ...options, transform: test });
    return;
  }
  const { features = test.features } = options;
  const data = await trainingData(method, items, { ...views, batch, features, signal, onProgress });
  const step = trainingStep(method, recipe);
  const training = { ...recipe, seed, views: transformName(options), items: itemsHash(items) };
  const checkpoint = options.checkpoint ? { folder: options.checkpoint, training, momentum: step.momentum } : undefined;
  try {
    const history = checkpoint ? await resume(method, checkpoint, options) : [];
    let saved = performance.now();
    for (let epoch = history.length + 1; epoch <= epochs; epoch++) {
      const started = performance.now();
      const rate = learningRate(epoch, { lr, epochs });
      const epochSeed = seed * 100_003 + epoch; // an epoch's order and views do not depend on earlier epochs
      const order = batches(items.length, batch, { seed: epochSeed });
      const steps = order.length;
      let total = 0;
      let done = 0;
      for await (const current of data.epoch(epoch, order, epochSeed)) {
        signal?.throwIfAborted();
        const loss = await step.run(current, data.targets, rate, done + 1 === steps);
        changed(method.learner);
        if (!Number.isFinite(loss)) throw new Error(notFinite(method, loss, { epoch, step: done + 1, rate, lr }));
        total += loss;
        done++;
        const all = { done: (epoch - 1) * steps + done, total: epochs * steps };
        onProgress?.({ phase: 'steps', ...all, epoch, step: done, steps, loss, lr: rate });
      }
      await method.learner.afterEpoch?.(epoch, epochs);
      changed(method.learner);
      const validation =
        options.validation && (await evaluate(method, options.validation, { transform: test, signal })).top1;
      const ended = finished({ number: epoch, epochs, loss: total / steps, lr: rate, validation, started });
      history.push(ended);
      const isDue = epoch === epochs || (performance.now() - saved) / 1000 >= (options.checkpointSeconds ?? 0);
      if (!checkpoint || isDue) await options.beforeCheckpoint?.(ended);
      if (checkpoint && isDue) {
        await writeHistory(checkpoint.folder, history);
        await saveCheckpoint(method, checkpoint, epoch);
        saved = performance.now();
      }
      yield ended;
    }
  } finally {
    await step.dispose();
    data.dispose();
  }
}

/** The epochs before the checkpoint that training resumes from; none where there is no checkpoint. */
async function resume(method: Method, checkpoint: Checkpoint, { onResume }: TrainOptions): Promise<Epoch[]> {
  const history = await readHistory(checkpoint.folder, await resumeCheckpoint(method, checkpoint));
  if (history.length === 0) return history;
  changed(method.learner);
  onResume?.([...history]);
  return history;
}

function finished({ validation, started, ...facts }: Omit<Epoch, 'seconds'> & { started: number }): Epoch {
  const seconds = (performance.now() - started) / 1000;
  return validation === undefined ? { ...facts, seconds } : { ...facts, validation, seconds };
}

/** One fit instead of all epochs. */
async function fitAtOnce(
  method: Method,
  items: readonly Item[],
  { transform, validation, signal, checkpoint }: TrainOptions & { transform: Transform },
): Promise<Epoch> {
  const started = performance.now();
  const labelled = async (of: readonly Item[]) => {
    const paths = of.map(({ path }) => path);
    const rows = await frozenRows(method.clip, paths, { transform: cachedTransform(transform), signal });
    const { image } = rows.batch([...paths.keys()], paths.length);
    return { features: image as tf.Tensor2D, labels: Int32Array.from(of, ({ label }) => label) };
  };
  const data = await labelled(items);
  const toChooseBy = validation && (await labelled(validation));
  const { loss } = await method.learner.fit!({ ...data, validation: toChooseBy, signal });
  tf.dispose([data.features, ...(toChooseBy ? [toChooseBy.features] : [])]);
  changed(method.learner);
  if (!Number.isFinite(loss))
    throw new Error(`${method.name}: the loss became ${loss}; check that images and CLIP weights hold no NaN.`);
  if (checkpoint) await method.save(checkpoint);
  const top1 = validation && (await evaluate(method, validation, { transform, signal })).top1;
  return finished({ number: 1, epochs: 1, loss, lr: 0, validation: top1, started });
}

function checkTraining(method: Method, items: readonly Item[], options: TrainOptions): Recipe {
  const { name, recipe, learner } = method;
  const { lr = recipe.lr, epochs = recipe.epochs, batch = recipe.batch } = options;
  const { accumulate = recipe.accumulate, clipGradients = recipe.clipGradients } = options;
  const chosen: Recipe = { lr, epochs, batch };
  if (accumulate !== undefined) chosen.accumulate = accumulate;
  if (clipGradients !== undefined) chosen.clipGradients = clipGradients;
  checkRecipe(name, chosen);
  if (leaves(learner.variables).length === 0) throw new Error(`${name} has nothing to train; evaluate it as it is.`);
  checkCacheFeatures(name, options);
  checkItems(method, items);
  if (options.validation) checkItems(method, options.validation);
  return chosen;
}

function notFinite(
  method: Method,
  loss: number,
  { epoch, step, rate, lr }: { epoch: number; step: number; rate: number; lr: number },
): string {
  return (
    `${method.name}: the loss became ${loss} in epoch ${epoch}, step ${step}, at a learning rate of ${rate}. ` +
    `Train again with a lower one (lr: ${Number((lr / 4).toPrecision(2))}), and check that the images and the CLIP weights hold no NaN.`
  );
}
