import type { Clip } from '@dgprompt/clip';
import { type BrokenImage, classSubset, type Dataset, fewShot } from '@dgprompt/datasets';
import { leaves } from '@dgprompt/engine';
import {
  cachedViews,
  type Evaluation,
  evaluate,
  type Method,
  type MethodFactory,
  testViews,
  train,
  type Views,
} from '@dgprompt/methods';
import { leaveOut } from './broken-images.js';
import { environment } from './environment.js';
import { fingerprint } from './fingerprint.js';
import type { Accuracy, RunRecord } from './record.js';
import type { Json, RunConfig } from './run-config.js';
import { harmonicMean } from './table.js';

/** One run of the base-to-new protocol, ready to go. */
export interface BaseToNewRun {
  config: RunConfig;
  /** Images trained on, each epoch counted, plus images tested. */
  images: number;
  run(options?: RunOptions): Promise<RunRecord>;
}

export interface RunOptions {
  /**
   * The test view of each image. Runs on the same task that are given the same share its pixels, and frozen features of them are
   * computed once. Default: `cachedViews(testViews(clip.imageSize))`.
   */
  views?: Views;
  onProgress?(progress: RunProgress): void;
  /** Stops before the next step; the signal's reason is thrown. */
  signal?: AbortSignal;
}

export interface RunProgress {
  /** How much of the run is done, 0 to 1. */
  fraction: number;
  /** What it is doing, such as `epoch 3/5, loss 1.23`. */
  doing: string;
}

/** What a run is made of. */
export interface RunSetting {
  clip: Clip;
  suite: string;
  dataset: Dataset;
  /** Images that do not decode: they are left out after the few-shot set is drawn, and named in the record. Default: none. */
  broken?: readonly BrokenImage[];
  /** Default: `base-to-new`. */
  protocol?: RunConfig['protocol'];
  /** See `Suite.fixedViews`. */
  fixedViews: boolean;
  method: MethodFactory;
  /** SHA-256 of the file that the method comes from, if it is the user's own. */
  code?: string;
  shots: number;
  seed: number;
  /** Instead of the method's published number. */
  epochs?: number;
  /** Tests on the base classes' validation images after every epoch; they never change what is learned. */
  validate?: boolean;
  device: string;
  backend: string;
  threads: number;
}

/**
 * Set up a run of the base-to-new protocol (Zhou et al., CoCoOp): few-shot sampling over all classes, then training on the
 * first half of the classes, then a test among the base classes' images and one among the new classes'.
 *
 * @throws Error if the method cannot be built on this model or these classes
 */
export function baseToNew(setting: RunSetting): BaseToNewRun {
  const { clip, dataset, method: factory, shots, seed, epochs, fixedViews, validate } = setting;
  const classes = dataset.classNames.length;
  if (classes < 4)
    throw new Error(
      `${dataset.name} has ${classes} ${classes === 1 ? 'class' : 'classes'}; base-to-new takes at least 4, two on each side.`,
    );
  const broken = needed(setting.broken ?? [], fewShot(dataset, shots, seed));
  const sampled = leaveOut(fewShot(dataset, shots, seed), broken);
  const onlyValidation = setting.protocol === 'base-validation';
  const base = classSubset(sampled, 'base');
  const fresh = classSubset(sampled, 'new');
  const tested = onlyValidation ? classSubset(dataset, 'base').val : base.test;
  if (tested.length === 0)
    throw new Error(`${dataset.name} has no ${onlyValidation ? 'validation' : 'test'} images of its base classes.`);
  const build = () =>
    factory(clip, base.classNames, {
      protocol: 'base-to-new',
      dataset: dataset.name,
      templates: dataset.templates,
      shots,
      seed,
      ...(epochs === undefined ? {} : { epochs }),
    });

  const sample = build();
  const trains = leaves(sample.parts.variables).length > 0;
  const config = configOf({ ...setting, dataset: leaveOut(dataset, broken) }, sample, trains);
  const notes = Object.entries(sample.capped).map(
    ([option, published]) => `${option} ${published} → ${sample.options[option]}: all the layers that this model has`,
  );
  const withoutNew = onlyValidation
    ? 'new classes are not tested'
    : sample.parts.ownClasses
      ? refusal(sample, fresh.classNames)
      : undefined;
  if (withoutNew !== undefined) notes.push(withoutNew);
  const validation = validate || sample.parts.fit ? base.val : undefined; // a method fitted at once chooses settings by it
  if (broken.length > 0) notes.push(`${broken.length} images left out that do not decode: ${shortNames(broken)}`);
  sample.dispose();
  const trainImages = trains ? base.train.length * Number(config.recipe.epochs ?? 1) : 0;
  const testImages = tested.length + (withoutNew === undefined ? fresh.test.length : 0);
  const images = trainImages + testImages;

  async function run(options: RunOptions = {}): Promise<RunRecord> {
    const { onProgress, signal, views = cachedViews(testViews(clip.imageSize)) } = options;
    const started = performance.now();
    const method = build();
    try {
      const onNewClasses = withoutNew === undefined ? method.forClasses(fresh.classNames) : undefined;
      const epochs: RunRecord['epochs'] = [];
      const report = (done: number, doing: string) => onProgress?.({ fraction: Math.min(1, done / images), doing });
      const training = train(method, base.train, {
        ...(fixedViews ? { views } : {}),
        ...(validation && validation.length > 0 ? { validation } : {}),
        signal,
        onStep: ({ epoch, step, steps, loss }) => {
          const done = (epoch - 1 + step / steps) * base.train.length;
          report(done, `epoch ${epoch}/${config.recipe.epochs}, loss ${loss.toFixed(2)}`);
        },
      });
      if (trains) {
        for await (const { number, loss, lr, validation: top1, seconds } of training)
          epochs.push({ number, loss, learningRate: lr, ...(top1 !== undefined && { validation: top1 }), seconds });
      }
      const trainSeconds = trains ? (performance.now() - started) / 1000 : 0;

      const onBase = await evaluate(method, tested, {
        views,
        signal,
        onBatch: ({ done }) => report(trainImages + done, 'testing base classes'),
      });
      const onNew =
        onNewClasses &&
        (await evaluate(onNewClasses, fresh.test, {
          views,
          signal,
          onBatch: ({ done }) => report(trainImages + tested.length + done, 'testing new classes'),
        }));
      return {
        format: 1,
        config,
        result: {
          base: accuracy(onBase),
          new: onNew ? accuracy(onNew) : null,
          harmonicMean: onNew ? harmonicMean(onBase.top1, onNew.top1) : null,
        },
        epochs,
        timings: {
          train: trainSeconds,
          testBase: onBase.seconds,
          testNew: onNew?.seconds ?? 0,
          total: (performance.now() - started) / 1000,
        },
        notes,
        ...(broken.length > 0 ? { leftOut: broken.length } : {}),
        ...environment(),
        finishedAt: new Date().toISOString(),
      };
    } finally {
      method.dispose();
    }
  }

  return { config, images, run };
}

/** The broken images that a run would have read. */
function needed(broken: readonly BrokenImage[], { train, val, test }: Dataset): BrokenImage[] {
  const read = new Set([...train, ...val, ...test].map(({ path }) => path));
  return broken.filter(({ path }) => read.has(path));
}

/** Folder and file of some images. */
const shortNames = (images: readonly BrokenImage[]): string =>
  images
    .slice(0, 5)
    .map(({ path }) => path.split(/[\\/]/).slice(-2).join('/'))
    .join(', ') + (images.length > 5 ? ', …' : '');

/** Why a method cannot take these classes. */
function refusal(method: Method, classNames: readonly string[]): string | undefined {
  try {
    method.forClasses(classNames);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function configOf(setting: RunSetting, method: Method, trains: boolean): RunConfig {
  const { suite, dataset, shots, seed, clip, device, backend, threads, fixedViews, code, validate } = setting;
  return {
    protocol: setting.protocol ?? 'base-to-new',
    suite,
    task: dataset.name,
    data: fingerprint(dataset),
    method: method.name,
    ...(code === undefined ? {} : { code }),
    options: method.options as Record<string, Json>,
    recipe: recipeOf(method, { trains, fixedViews, validate }),
    shots,
    seed,
    model: clip.id,
    device,
    backend,
    threads,
  };
}

/** What of training decides the numbers; a method that is fitted at once has no epochs. */
function recipeOf(
  { recipe, parts }: Method,
  { trains, fixedViews, validate }: { trains: boolean; fixedViews: boolean; validate?: boolean },
): Record<string, Json> {
  if (!trains || parts.fit) return {};
  return { ...recipe, augment: !fixedViews, ...(validate && { validate }) };
}

function accuracy({ top1, correct, total, perClass }: Evaluation): Accuracy {
  return {
    top1,
    correct,
    total,
    perClass: Object.fromEntries(perClass.map(({ classname, accuracy: percent }) => [classname, percent])),
  };
}
