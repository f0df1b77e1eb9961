import type { Item } from '@dgprompt/datasets';
import { batches } from '@dgprompt/datasets';
import { leaves, type Tree } from '@dgprompt/engine';
import type * as tf from '@tensorflow/tfjs';
import { type Checkpoint, itemsHash, resumeCheckpoint, saveCheckpoint } from './checkpoint.js';
import { checkItems } from './items.js';
import { learningRate } from './learning-rate.js';
import type { Method, Recipe } from './method.js';
import { checkRecipe } from './options.js';
import { changed } from './revision.js';
import { trainingStep } from './step.js';
import { trainingData } from './training-data.js';
import { cachedViews, testViews, trainViews, type Views } from './views.js';

export interface TrainOptions extends Partial<Recipe> {
  /** Seed of shuffling and augmentation. Default: the method's. */
  seed?: number;
  /** Random resized crop and flip, as published (true); the crop alone ('crop'); or every image as it is (false). */
  augment?: boolean | 'crop';
  /** Where pixels come from, instead of image files with `augment`. */
  views?: Views;
  /**
   * Folder for a checkpoint after every epoch: prompts, optimizer, `run.json`. Where it holds one of this very run, training goes on
   * from there, to the same bits as without the cut, and yields the epochs that were still to do.
   */
  checkpoint?: string;
  /** Runs after each epoch and before its checkpoint is written: an epoch that is cut off in it is trained again, to the same bits. */
  beforeCheckpoint?(epoch: Epoch): Promise<void>;
  /** Stops before the next step; the generator throws the signal's reason. */
  signal?: AbortSignal;
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
  seconds: number;
}

/**
 * Trains a method's prompts, one epoch at a time, as the published experiments do: SGD with momentum 0.9 and weight decay
 * 5e-4, cosine annealing after one warm-up epoch, a loader that shuffles and drops a short last batch. A training set smaller
 * than a batch is one padded batch. The same seed on the same machine gives the same bits.
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
  const { signal, onStep, seed = method.seed, augment = true } = options;
  const { lr, epochs, batch } = checkTraining(method, items, options);
  const size = method.clip.imageSize;
  const views = cachedViews(
    options.views ?? (augment ? trainViews(size, { flip: augment === true }) : testViews(size)),
  );
  const still = views.fixed ? views : (options.views ?? testViews(size));
  const data = await trainingData(method, items, { views, still, batch, signal });
  const step = trainingStep(method);
  const checkpoint: Checkpoint | undefined = options.checkpoint
    ? {
        folder: options.checkpoint,
        training: { lr, epochs, batch, seed, views: viewsName(options), items: itemsHash(items) },
        momentum: step.momentum as unknown as Tree<tf.Variable>,
      }
    : undefined;
  try {
    const done = checkpoint ? await resumeCheckpoint(method, checkpoint) : 0;
    if (done > 0) changed(method.parts);
    for (let epoch = done + 1; epoch <= epochs; epoch++) {
      const started = performance.now();
      const rate = learningRate(epoch, { lr, epochs });
      const epochSeed = seed * 100_003 + epoch; // an epoch's order and views depend on nothing that came before it
      const order = batches(items.length, batch, { seed: epochSeed });
      let [total, done] = [0, 0];
      for await (const current of data.epoch(order, epochSeed)) {
        signal?.throwIfAborted();
        const loss = await step.run(current, data.targets, rate);
        changed(method.parts);
        if (!Number.isFinite(loss)) throw new Error(notFinite(method, loss, { epoch, step: done + 1, rate, lr }));
        total += loss;
        onStep?.({ epoch, step: ++done, steps: order.length, loss, lr: rate });
      }
      await method.parts.afterEpoch?.(epoch, epochs);
      changed(method.parts);
      const seconds = (performance.now() - started) / 1000;
      const ended = { number: epoch, epochs, loss: total / order.length, lr: rate, seconds };
      await options.beforeCheckpoint?.(ended);
      if (checkpoint) await saveCheckpoint(method, checkpoint, epoch);
      yield ended;
    }
  } finally {
    await step.dispose();
    data.dispose();
  }
}

/** What is said of the views in a checkpoint: views of one's own are told apart by whether they are fixed alone. */
const viewsName = ({ views, augment = true }: TrainOptions): string =>
  views ? (views.fixed ? 'fixed' : 'random') : augment === 'crop' ? 'crop' : augment ? 'augmented' : 'still';

function checkTraining(method: Method, items: readonly Item[], options: TrainOptions): Recipe {
  const { name, recipe, parts } = method;
  const { lr = recipe.lr, epochs = recipe.epochs, batch = recipe.batch } = options;
  checkRecipe(name, { lr, epochs, batch });
  if (leaves(parts.variables).length === 0) throw new Error(`${name} has nothing to train; evaluate it as it is.`);
  checkItems(method, items);
  return { lr, epochs, batch };
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
