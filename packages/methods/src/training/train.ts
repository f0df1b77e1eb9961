import { batches, type Dataset, type Item } from '@dgprompt/datasets';
import { activeDevice } from '@dgprompt/engine';
import { learningRateAt, publishedSchedule } from '@dgprompt/engine/optim';
import { pillow } from '@dgprompt/images';
import { type OnProgress, type Progress, randomStream, unknownName } from '@dgprompt/io';
import { evaluate } from '../evaluation/evaluate.js';
import { promptedImages, takesSteps } from '../learner/forward.js';
import { checkItems } from '../learner/items.js';
import { changed } from '../learner/revision.js';
import type { Method, Recipe } from '../learner/types.js';
import { recipeKeys, resolvedRecipe } from '../method/recipe.js';
import { checkSeed } from '../method/task.js';
import { namedVariables, notFiniteVariable } from '../method/variables.js';
import { checkWholeImages } from '../method/without-effect.js';
import {
  checkViews,
  type TransformOptions,
  transformName,
  transformsFor,
  withRecipeViews,
} from '../transforms/for-training.js';
import { type Checkpoint, resumeCheckpoint, saveCheckpoint } from './checkpoint.js';
import { trainingData } from './data.js';
import { type Epoch, readHistory, writeHistory } from './history.js';
import { knownItems } from './items.js';
import { bestPrompts, type Keep, keptEpoch } from './keep.js';
import { fitShots } from './shots.js';
import { trainingStep } from './step.js';
import { isTrainOn, trainingSet } from './training-set.js';
import { warnOfAssumption, warnOfShortBatch } from './warn.js';

export interface TrainOptions extends Partial<Recipe>, TransformOptions {
  /** Seed of shuffling and augmentation. Default: the method's. */
  seed?: number;
  /**
   * Folder for a checkpoint after every epoch: prompts, optimizer, `run.json`, `epochs.json`. If it holds a checkpoint
   * of the same run, training resumes from it, bit-identical to an uninterrupted run, and yields the remaining epochs.
   */
  checkpoint?: string;
  /**
   * Minimum seconds between two checkpoints, for short epochs; the last epoch always has one. Default: 0, one after
   * every epoch.
   */
  checkpointSeconds?: number;
  /**
   * Images to test on after every epoch, not augmented: `Epoch.validation`. Default: none, as published; with
   * `keep: 'best'` or `patience`, the dataset's validation images.
   */
  validation?: readonly Item[];
  /**
   * Identifies the version of a method's code, such as `codeHash` of `@dgprompt/bench/methods`: a checkpoint of another
   * version is not resumed.
   */
  code?: string;
  /** The epoch whose prompts the method ends up with: the last one (default), or the best on the validation images. */
  keep?: Keep;
  /** Stops after this many epochs without a better validation accuracy. Default: never */
  patience?: number;
  /** Stops before the next step; the generator throws the signal's reason. */
  signal?: AbortSignal;
  /** Called with the epochs before the checkpoint that training resumes from. */
  onResume?(epochs: readonly Epoch[]): void;
  /** Called with every step. */
  onStep?(step: Step): void;
  /** Called with every epoch before it is yielded. */
  onEpoch?(epoch: Epoch): void;
  onProgress?: OnProgress<TrainProgress>;
}

/**
 * Before the first epoch, frozen features of hand-written prompts (`text`) and images (`features`); then `steps` of all
 * epochs.
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
 * Trains a method's prompts, one epoch at a time, by its recipe: by default SGD with momentum 0.9 and weight decay
 * 5e-4, cosine annealing after one warm-up epoch, and a loader that shuffles and drops a short last batch, unless the
 * recipe says `keepLast`. A training set smaller than a batch becomes one padded batch. A method without gradient steps
 * (linear probe) yields one epoch. The same seed on the same machine gives bit-identical results.
 *
 * @param method its variables are updated in place
 * @param data a dataset, for its training images; or labelled images, whose labels are indices into the method's class
 *   names. Default: the method's own dataset. Images of a dataset with fixed views are not augmented, unless `augment`
 *   or `cacheFeatures` asks for it
 * @param options take precedence over the method's recipe
 * @returns the epochs as they end; leaving the loop early frees everything and keeps the prompts as they are
 * @throws one sentence for items that do not fit the classes, for a checkpoint of another run, and for a loss that is
 *   no longer finite (with the step, the learning rate and what to try); the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { fewShot } from '@dgprompt/datasets';
 * import { coop, train } from '@dgprompt/methods';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const shots = fewShot(await loadTask('weather'), 1, 1);
 * const method = coop(await loadClip(miniClip), shots, { epochs: 1, batch: 4 });
 * for await (const { number, loss } of train(method)) console.log(number, loss > 0); // 1 true
 * ```
 */
export function train(method: Method, options?: TrainOptions): AsyncGenerator<Epoch, void, undefined>;
export function train(
  method: Method,
  data: Dataset | readonly Item[] | undefined,
  options?: TrainOptions,
): AsyncGenerator<Epoch, void, undefined>;
export async function* train(
  method: Method,
  dataOrOptions?: Dataset | readonly Item[] | TrainOptions,
  more?: TrainOptions,
): AsyncGenerator<Epoch, void, undefined> {
  const isData = dataOrOptions !== undefined && isTrainOn(dataOrOptions);
  const options = more ?? (isData ? {} : (dataOrOptions ?? {}));
  const set = trainingSet(method, isData ? dataOrOptions : undefined);
  const { items } = set;
  const { keep = 'last', patience, signal, onProgress, seed = method.seed } = options;
  const chooses = keep === 'best' || patience !== undefined;
  const validation = options.validation ?? (chooses ? set.validation : []);
  const recipe = checkTraining(method, items, validation, options);
  warnOfAssumption(method);
  const paths = items.map(({ path }) => path);
  const seen = withRecipeViews(options, recipe, set.fixedViews);
  if (!options.transform && (seen.augment === false || seen.cacheFeatures === 0)) checkWholeImages(method.name);
  const { preparation } = method.clip;
  const views = transformsFor(paths, seen, {
    preparation,
    seed,
    epochs: recipe.epochs,
    keepPixels: promptedImages(method),
  });
  const { test } = views;
  const judged = async () =>
    validation.length > 0 ? (await evaluate(method, validation, { transform: test, signal })).top1 : undefined;

  let started = performance.now();
  const fit = await fitShots(method, items, {
    transform: test,
    augment: views.random && { transform: views.random, seed },
    validation: options.validation ?? set.validation,
    tests: set.test,
    signal,
  });
  if (!takesSteps({ recipe, learner: method.learner })) {
    if (options.checkpoint) await method.save(options.checkpoint);
    const only = {
      number: 1,
      epochs: 1,
      loss: fit?.loss ?? 0,
      lr: 0,
      validation: await judged(),
      seconds: seconds(started),
    };
    options.onEpoch?.(only);
    yield only;
    return;
  }

  const { lr, epochs, batch, keepLast, episode = method.learner.episode, schedule = publishedSchedule } = recipe;
  const { features = test.features } = options;
  const classesPerStep = episode !== undefined && episode < method.classNames.length ? episode : undefined;
  const given = { ...views, batch, episode: classesPerStep, features, signal, onProgress };
  warnOfShortBatch(method.name, items, recipe, epoch => orderSeed(seed, epoch));
  const known = options.checkpoint ? await knownItems(items, signal) : undefined;
  const { precision } = activeDevice();
  const training = {
    ...recipe,
    seed,
    views: transformName(seen),
    items: known?.hash ?? '',
    ...(chooses && known && { validation: (await knownItems(validation, signal)).hash }),
    ...(keep === 'best' && { keep }),
    ...(patience !== undefined && { patience }),
    ...(options.code !== undefined && { code: options.code }),
    precision: precision === 'fp32' ? undefined : precision,
    pillow: pillow(),
  };
  const data = await trainingData(method, items, given);
  const step = trainingStep(method, recipe);
  const checkpoint = known
    ? { folder: options.checkpoint!, training, items: known, optimizer: step.optimizer }
    : undefined;
  const best = keep === 'best' ? bestPrompts(method, options.checkpoint) : undefined;
  const random = randomStream(seed);
  try {
    const history = checkpoint ? await resume(method, checkpoint, options) : [];
    let saved = performance.now();
    while (!isEnd(history, epochs, patience)) {
      started = performance.now();
      const epoch = history.length + 1;
      const order = batches(items.length, batch, { seed: orderSeed(seed, epoch), keepLast });
      const steps = order.length;
      let total = 0;
      let done = 0;
      let rate = lr;
      for await (const current of data.epoch(epoch, order, random.fork('views', epoch))) {
        signal?.throwIfAborted();
        rate = learningRateAt(schedule, { lr, epochs, stepsPerEpoch: steps, epoch, step: done + 1 });
        const ends = done + 1 === steps;
        const loss = await step.run(current, data.targets, rate, ends, random.fork('noise', epoch, done));
        changed(method.learner);
        if (!Number.isFinite(loss)) throw new Error(notFinite(method, loss, { epoch, step: done + 1, rate, lr }));
        total += loss;
        done++;
        const all = { done: (epoch - 1) * steps + done, total: epochs * steps };
        const report = { epoch, step: done, steps, loss, lr: rate };
        options.onStep?.(report);
        onProgress?.({ phase: 'steps', ...all, ...report });
      }
      await method.learner.afterEpoch?.(epoch, epochs);
      changed(method.learner);
      const wrong = await notFiniteVariable(namedVariables(method.learner));
      if (wrong)
        throw new Error(notFinite(method, wrong.value, { epoch, step: done, rate, lr, what: `"${wrong.name}"` }));
      const judgement = await judged();
      const ended = { number: epoch, epochs, loss: total / steps, lr: rate, seconds: seconds(started) };
      history.push(judgement === undefined ? ended : { ...ended, validation: judgement });
      if (keptEpoch(history, keep) === epoch) await best?.store();
      const isLast = isEnd(history, epochs, patience);
      if (isLast) {
        if (keptEpoch(history, keep) < epoch) best!.restore();
        await method.learner.afterTraining?.();
        changed(method.learner);
      }
      if (checkpoint && (isLast || seconds(saved) >= (options.checkpointSeconds ?? 0))) {
        await writeHistory(checkpoint.folder, history);
        await saveCheckpoint(method, checkpoint, epoch);
        saved = performance.now();
      }
      options.onEpoch?.(history.at(-1)!);
      yield history.at(-1)!;
    }
  } finally {
    await step.dispose();
    data.dispose();
  }
}

/**
 * The seed of an epoch's order of images. The order is shuffled by CPython's generator, as in the published loader's
 * few-shot sampling, so it shares no numbers with the streams that `randomStream` forks.
 */
const orderSeed = (seed: number, epoch: number) => seed * 100_003 + epoch;

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** Whether training is over: after the last epoch, or after `patience` epochs without improvement. */
const isEnd = (history: readonly Epoch[], epochs: number, patience = Number.POSITIVE_INFINITY): boolean =>
  history.length >= epochs || history.length - keptEpoch(history, 'best') >= patience;

/** The epochs before the checkpoint that training resumes from; none without a checkpoint. */
async function resume(method: Method, checkpoint: Checkpoint, { onResume }: TrainOptions): Promise<Epoch[]> {
  const history = await readHistory(checkpoint.folder, await resumeCheckpoint(method, checkpoint));
  if (history.length === 0) return history;
  changed(method.learner);
  onResume?.([...history]);
  return history;
}

const optionNames: readonly string[] = [
  ...recipeKeys,
  ...['augment', 'transform', 'testTransform', 'cacheFeatures', 'features', 'seed', 'validation', 'keep', 'patience'],
  ...['code', 'signal'],
  ...['checkpoint', 'checkpointSeconds', 'onResume', 'onStep', 'onEpoch', 'onProgress'],
];

function checkTraining(
  method: Method,
  items: readonly Item[],
  validation: readonly Item[],
  options: TrainOptions,
): Recipe {
  const { name, learner } = method;
  for (const key of Object.keys(options))
    if (!optionNames.includes(key)) throw new Error(`${name}: ${unknownName('option of train', key, optionNames)}`);
  const given = Object.fromEntries(
    recipeKeys.map(key => [key, options[key]]).filter(([, value]) => value !== undefined),
  );
  const recipe = resolvedRecipe(name, method.recipe, given);
  const learns = takesSteps({ recipe, learner });
  if (!learns && !learner.fit)
    throw new Error(
      `${name} has nothing to train; test it as it is, with dgprompt bench or in a program with evaluate.`,
    );
  checkViews(name, { ...options, augmentation: options.augmentation ?? recipe.augmentation });
  checkItems(method, items);
  if (validation.length > 0) checkItems(method, validation);
  if (options.seed !== undefined) checkSeed(name, options.seed);
  const { keep = 'last', patience } = options;
  if (patience !== undefined && !(Number.isInteger(patience) && patience >= 1))
    throw new Error(`${name}: patience is ${patience}; it must be a whole number of epochs of at least 1.`);
  if (patience !== undefined && validation.length === 0)
    throw new Error(
      `${name}: patience compares validation accuracies, and there are no validation images, apart from test images.`,
    );
  if (patience !== undefined && learner.afterEpoch)
    throw new Error(
      `${name}: patience may end training before the last epoch, and this method counts on all of them (an average over epochs, or stages); leave patience out.`,
    );
  if (keep === 'best' && validation.length === 0)
    throw new Error(
      `${name}: keep is "best", and there are no validation images, apart from test images, to choose the epoch by.`,
    );
  if (keep !== 'last' && keep !== 'best') throw new Error(`${name}: keep is "${keep}"; it must be "last" or "best".`);
  return recipe;
}

function notFinite(
  method: Method,
  loss: number,
  {
    epoch,
    step,
    rate,
    lr,
    what = 'the loss',
  }: { epoch: number; step: number; rate: number; lr: number; what?: string },
): string {
  return (
    `${method.name}: ${what} became ${loss} in epoch ${epoch}, step ${step}, at a learning rate of ${rate}. ` +
    `Train again with a lower one (lr: ${Number((lr / 4).toPrecision(2))}), and check that the images and the CLIP weights hold no NaN.`
  );
}
