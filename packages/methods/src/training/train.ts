import type { Item } from '@dgprompt/datasets';
import { batches } from '@dgprompt/datasets';
import { learningRate, leaves, type Tree } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import { evaluate } from '../evaluation/evaluate.js';
import { frozenRows } from '../features/image.js';
import { checkItems } from '../method/items.js';
import { checkRecipe } from '../method/options.js';
import { changed } from '../method/revision.js';
import type { Method, Recipe } from '../method/types.js';
import { checkCacheFeatures, type TransformOptions, transformName, transformsFor } from '../transforms/for-training.js';
import { cachedTransform, type Transform } from '../transforms/transform.js';
import { type Checkpoint, itemsHash, resumeCheckpoint, saveCheckpoint } from './checkpoint.js';
import { trainingData } from './data.js';
import { promptedImages, trainingStep } from './step.js';

export interface TrainOptions extends Partial<Recipe>, TransformOptions {
  /** Seed of shuffling and augmentation. Default: the method's. */
  seed?: number;
  /**
   * Folder for a checkpoint after every epoch: prompts, optimizer, `run.json`. Where it holds one of this very run, training goes on
   * from there, to the same bits as without the cut, and yields the epochs that were still to do.
   */
  checkpoint?: string;
  /** Least seconds between two checkpoints, where epochs are short; the last epoch always has one. Default: 0, one after every epoch. */
  checkpointSeconds?: number;
  /** Runs after each epoch that ends with a checkpoint (each at all, if there is no folder for one), before it is written: an epoch that is cut off in it is trained again, to the same bits. */
  beforeCheckpoint?(epoch: Epoch): Promise<void>;
  /** Images to test on after every epoch, each seen whole: `Epoch.validation`. Left out: none, as published. */
  validation?: readonly Item[];
  /** Stops before the next step; the generator throws the signal's reason. */
  signal?: AbortSignal;
  /** Told how far computing frozen features is, before the first epoch. */
  onFeatures?(progress: { done: number; total: number }): void;
  /** Told how many hand-written prompts have their features, where a method has a use for them. */
  onText?(progress: { done: number; total: number }): void;
  onStep?(step: Step): void;
}

export interface Step {
  /** From 1. */
  epoch: number;
  /** From 1, within the epoch. */
  step: number;
  /** Steps an epoch. */
  steps: number;
  /** Mean over the batch, before the update. */
  loss: number;
  lr: number;
}

export interface Epoch {
  /** From 1. */
  number: number;
  epochs: number;
  /** Mean over the epoch's steps. */
  loss: number;
  lr: number;
  /** Top-1 accuracy on the validation images, in percent, if there are any. */
  validation?: number;
  seconds: number;
}

/**
 * Trains a method's prompts, one epoch at a time, as the published experiments do: SGD with momentum 0.9 and weight decay
 * 5e-4, cosine annealing after one warm-up epoch, a loader that shuffles and drops a short last batch. A training set smaller
 * than a batch is one padded batch. A method that is fitted at once (linear probe) yields one epoch. The same seed on the same machine gives the same bits.
 *
 * @param method what to train; its variables change in place
 * @param items labelled images; labels are indices into the method's class names
 * @param options what differs from the method's recipe
 * @returns the epochs as they end; leaving the loop early frees everything and keeps the prompts as they are
 * @throws one sentence for items that do not fit the classes, for a checkpoint of another run, and for a loss that is no longer finite (with the step, the
 *   learning rate and what to try); the signal's reason when aborted
 */
export async function* train(
  method: Method,
  items: readonly Item[],
  options: TrainOptions = {},
): AsyncGenerator<Epoch, void, undefined> {
  const { signal, onText, onStep, onFeatures, seed = method.seed } = options;
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
  const data = await trainingData(method, items, { ...views, batch, features, signal, onText, onFeatures });
  const step = trainingStep(method, recipe);
  const checkpoint: Checkpoint | undefined = options.checkpoint
    ? {
        folder: options.checkpoint,
        training: { ...recipe, seed, views: transformName(options), items: itemsHash(items) },
        momentum: step.momentum as unknown as Tree<tf.Variable>,
      }
    : undefined;
  try {
    const done = checkpoint ? await resumeCheckpoint(method, checkpoint) : 0;
    if (done > 0) changed(method.learner);
    let saved = performance.now();
    for (let epoch = done + 1; epoch <= epochs; epoch++) {
      const started = performance.now();
      const rate = learningRate(epoch, { lr, epochs });
      const epochSeed = seed * 100_003 + epoch; // an epoch's order and views depend on nothing that came before it
      const order = batches(items.length, batch, { seed: epochSeed });
      let [total, done] = [0, 0];
      for await (const current of data.epoch(epoch, order, epochSeed)) {
        signal?.throwIfAborted();
        const loss = await step.run(current, data.targets, rate, done + 1 === order.length);
        changed(method.learner);
        if (!Number.isFinite(loss)) throw new Error(notFinite(method, loss, { epoch, step: done + 1, rate, lr }));
        total += loss;
        done++;
        onStep?.({ epoch, step: done, steps: order.length, loss, lr: rate });
      }
      await method.learner.afterEpoch?.(epoch, epochs);
      changed(method.learner);
      const validation =
        options.validation && (await evaluate(method, options.validation, { transform: test, signal })).top1;
      const seconds = (performance.now() - started) / 1000;
      const loss = total / order.length;
      const ended = { number: epoch, epochs, loss, lr: rate, ...(validation !== undefined && { validation }), seconds };
      const isDue = epoch === epochs || (performance.now() - saved) / 1000 >= (options.checkpointSeconds ?? 0);
      if (!checkpoint || isDue) await options.beforeCheckpoint?.(ended);
      if (checkpoint && isDue) {
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

/** One fit in the place of all epochs. */
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
  const [data, toChooseBy] = [await labelled(items), validation && (await labelled(validation))];
  const { loss } = await method.learner.fit!({ ...data, validation: toChooseBy, signal });
  tf.dispose([data.features, ...(toChooseBy ? [toChooseBy.features] : [])]);
  changed(method.learner);
  if (!Number.isFinite(loss))
    throw new Error(`${method.name}: the loss became ${loss}; check that images and CLIP weights hold no NaN.`);
  if (checkpoint) await method.save(checkpoint);
  const top1 = validation && (await evaluate(method, validation, { transform, signal })).top1;
  const seconds = (performance.now() - started) / 1000;
  return { ...{ number: 1, epochs: 1, loss, lr: 0 }, ...(top1 !== undefined && { validation: top1 }), seconds };
}

function checkTraining(method: Method, items: readonly Item[], options: TrainOptions): Recipe {
  const { name, recipe, learner } = method;
  const { lr = recipe.lr, epochs = recipe.epochs, batch = recipe.batch } = options;
  const { accumulate = recipe.accumulate, clipGradients = recipe.clipGradients } = options;
  const chosen: Recipe = {
    ...{ lr, epochs, batch },
    ...(accumulate !== undefined && { accumulate }),
    ...(clipGradients !== undefined && { clipGradients }),
  };
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
