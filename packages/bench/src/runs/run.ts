import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clip } from '@dgprompt/clip';
import { type Dataset, fewShot } from '@dgprompt/datasets';
import { type ComputePrecision, leaves } from '@dgprompt/engine';
import { writeFileAtomic } from '@dgprompt/io';
import {
  type Epoch,
  type Evaluation,
  evaluate,
  type Method,
  type MethodFactory,
  type TrainOptions,
  train,
} from '@dgprompt/methods';
import { cachedTransform, evalTransform, type Transform } from '@dgprompt/methods/transforms';
import { type BrokenImage, leaveOut } from '../data/broken-images.js';
import { fingerprint } from '../data/fingerprint.js';
import type { Json, RunConfig } from '../records/config.js';
import { environment } from '../records/environment.js';
import { type RunRecord, runFiles, type TestResult } from '../records/record.js';
import type { Protocol, ProtocolSplit, TestSet } from '../suites/protocols/protocol.js';
import { trainingAmount } from './amount.js';

/** One run of a protocol, ready to go. */
export interface Run {
  config: RunConfig;
  /**
   * How much there is to do: images tested, and trained on in every epoch (less where their features are there
   * already).
   */
  images: number;
  /** Trains and tests; nothing is written but the checkpoint. */
  perform(options?: RunOptions): Promise<Performed>;
}

/** A run's record, and what it said of every test image. */
export interface Performed {
  record: RunRecord;
  predictions: Predictions;
}

/** By test: each image, its class and the class it was taken for, as indices into the class names. */
export type Predictions = Record<
  string,
  { classNames: readonly string[]; images: string[]; labels: number[]; predicted: number[] }
>;

export interface RunOptions {
  /**
   * The test view of each image. Runs on the same task that are given the same share its pixels, and frozen features
   * of them are computed once. Default: `cachedViews(testViews(clip.imageSize))`.
   */
  transform?: Transform;
  /** The run's folder: a checkpoint is kept in it, and an interrupted run goes on from there, to the same bits. */
  folder?: string;
  onProgress?(progress: RunProgress): void;
  /** Told what is worth a line in the run's log. */
  onLine?(text: string): void;
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
  protocol: Protocol;
  /** The task it trains on. */
  dataset: Dataset;
  /** The experiment's other datasets. Default: none. */
  others?: readonly Dataset[];
  /**
   * Images that do not decode: they are left out after the few-shot set is drawn, and named in the record. Default:
   * none.
   */
  broken?: readonly BrokenImage[];
  /** See `Suite.fixedViews`. */
  fixedViews: boolean;
  method: MethodFactory;
  /** SHA-256 of the files that the method and the protocol come from, if they are the user's own. */
  code?: string;
  shots: number;
  seed: number;
  /** Instead of the method's published numbers: epochs, learning rate, options. */
  overrides?: Readonly<Record<string, Json>>;
  /** See `PlanOptions`. */
  cacheFeatures?: number;
  /** Tests on validation images of the classes trained on after every epoch; they never change what is learned. */
  validate?: boolean;
  device: string;
  backend: string;
  threads: number;
  precision?: ComputePrecision;
}

/**
 * A checkpoint is written after an epoch, unless the last one is younger: short epochs would spend their time on it.
 */
const checkpointSeconds = 5;

/**
 * Sets up a run: the few-shot set is drawn over all classes, then the protocol says what to train on and what to test.
 *
 * @throws Error if the dataset does not fit the protocol, or the method cannot be built on this model or these classes
 */
export function prepareRun(setting: RunSetting): Run {
  const { clip, dataset, others = [], protocol, method: factory, shots, seed, overrides, validate } = setting;
  const cacheFeatures = cachedViewsIn(setting);
  const drawn = shots === 0 ? dataset : fewShot(dataset, shots, seed);
  const broken = needed(setting.broken ?? [], [drawn, ...others]);
  const without = (one: Dataset) => leaveOut(one, broken);
  const { train: base, tests } = protocol.split(without(drawn), others.map(without));
  const build = () =>
    factory(clip, base.classNames, {
      protocol: protocol.recipe,
      dataset: dataset.name,
      templates: dataset.templates,
      shots: Math.max(1, shots),
      seed,
      ...overrides,
    });

  const sample = build();
  const trains = leaves(sample.learner.variables).length > 0;
  if (trains && shots === 0)
    throw new Error(
      `${sample.name} has to be trained, and ${protocol.name} trains nothing; compare it with --protocol few-shot.`,
    );
  const config = configOf({ ...setting, dataset: without(dataset), others: others.map(without) }, sample, trains);
  const notes = Object.entries(sample.capped).map(
    ([option, published]) => `${option} ${published} → ${sample.options[option]}: all the layers that this model has`,
  );
  const untested = new Map<string, string>(); // by test, why what was learned cannot take its classes
  for (const [name, test] of Object.entries(tests)) {
    const reason =
      sample.learner.classSpecific && !sameClasses(test, base) ? refusal(sample, test.classNames) : undefined;
    if (reason !== undefined) untested.set(name, reason);
  }
  notes.push(...new Set(untested.values()));
  // a method fitted at once chooses settings by it
  const validation = validate || sample.learner.fit ? base.val : undefined;
  if (broken.length > 0) notes.push(`${broken.length} images left out that do not decode: ${shortNames(broken)}`);
  sample.dispose();
  const epochs = trains ? Number(config.recipe.epochs ?? 1) : 0;
  const views = cacheFeatures === undefined ? 0 : Math.min(Math.max(1, cacheFeatures), epochs);
  const amount = trainingAmount(sample, base.train.length, views);
  const trainImages = trains ? amount.features + epochs * amount.epoch : 0;
  const tested = Object.entries(tests).filter(([name]) => !untested.has(name));
  const images = trainImages + tested.reduce((sum, [, { test }]) => sum + test.length, 0);

  async function perform(options: RunOptions = {}): Promise<Performed> {
    const { onProgress, onLine, signal, folder, transform = cachedTransform(evalTransform(clip.imageSize)) } = options;
    const started = performance.now();
    const timings: RunRecord['timings'] = {};
    const method = build();
    const report = (done: number, doing: string) => onProgress?.({ fraction: Math.min(1, done / images), doing });
    const onTextAfter = (at: number) => (text: { done: number; total: number }) =>
      report(at, `hand-written prompts ${text.done}/${text.total}`);
    try {
      const checkpoint = folder !== undefined && trains ? join(folder, runFiles.checkpoint) : undefined;
      const learned = trains
        ? await learn(method, base, {
            ...(cacheFeatures === 0 ? { transform } : { cacheFeatures }),
            ...(validation && validation.length > 0 ? { validation } : {}),
            ...{ signal, checkpoint, checkpointSeconds, features: transform.features, onText: onTextAfter(0) },
            onFeatures: ({ done, total }) => report(done, `image features ${done}/${total}`),
            onStep: ({ epoch, step, steps, loss }) =>
              report(
                amount.features + (epoch - 1 + step / steps) * amount.epoch,
                `epoch ${epoch}/${config.recipe.epochs ?? 1}, loss ${loss.toFixed(2)}`,
              ),
            onLine,
          })
        : [];
      timings.train = trains ? secondsSince(started) : 0;

      const results: RunRecord['tests'] = {};
      const predictions: Predictions = {};
      let done = trainImages;
      for (const [name, test] of Object.entries(tests)) {
        results[name] = null;
        if (untested.has(name)) continue;
        const onThese = sameClasses(test, base) ? method : method.forClasses(test.classNames);
        const onBatch = (progress: { done: number }) => report(done + progress.done, testing(protocol, name));
        const onText = onTextAfter(done);
        const evaluation = await evaluate(onThese, test.test, { transform, signal, onText, onBatch });
        results[name] = resultOf(evaluation, test);
        predictions[name] = predictionsOf(evaluation, test);
        timings[`test ${name}`] = evaluation.seconds;
        done += test.test.length;
        onLine?.(`${name}: ${evaluation.top1.toFixed(2)} % of ${evaluation.total} images`);
      }
      timings.total = secondsSince(started);
      const record: RunRecord = {
        ...{ format: 3, config, tests: results, epochs: learned, timings },
        ...(checkpoint === undefined ? {} : { checkpoint: runFiles.checkpoint }),
        notes,
        ...(broken.length > 0 ? { leftOut: broken.length } : {}),
        ...environment(),
        finishedAt: new Date().toISOString(),
      };
      return { record, predictions };
    } finally {
      method.dispose();
    }
  }

  return { config, images, perform };
}

type Learned = RunRecord['epochs'];
type Learning = TrainOptions & { onLine?(text: string): void };

/** Trains, going on from the checkpoint where there is one: what is told of the epochs before it lies beside it. */
async function learn(method: Method, base: ProtocolSplit['train'], { onLine, ...options }: Learning): Promise<Learned> {
  const file = options.checkpoint && join(options.checkpoint, 'epochs.json');
  const earlier = file ? await readEpochs(file) : [];
  const told = ({ number, loss, lr, validation, seconds }: Epoch): Learned[number] => ({
    ...{ number, loss, learningRate: lr },
    ...(validation !== undefined && { validation }),
    seconds,
  });
  const epochs: Learned = [];
  const all = (): Learned => [...earlier.filter(({ number }) => number < (epochs[0]?.number ?? Infinity)), ...epochs];
  const beforeCheckpoint = async (epoch: Epoch) => {
    const before = all().filter(({ number }) => number < epoch.number);
    await mkdir(options.checkpoint!, { recursive: true });
    await writeFileAtomic(file!, JSON.stringify([...before, told(epoch)]));
  };
  for await (const epoch of train(method, base.train, { ...options, ...(file && { beforeCheckpoint }) })) {
    if (epochs.length === 0 && epoch.number > 1) onLine?.(goesOn(epoch.number - 1));
    epochs.push(told(epoch));
    const on = epoch.validation === undefined ? '' : `, ${epoch.validation.toFixed(2)} % on validation images`;
    const { number, loss, lr, seconds } = epoch;
    onLine?.(`epoch ${number}: loss ${loss.toFixed(4)}, learning rate ${lr}${on}, ${seconds.toFixed(2)} s`);
  }
  if (epochs.length === 0 && earlier.length > 0) onLine?.(goesOn(earlier.length)); // stopped while it was tested
  return all();
}

const goesOn = (epoch: number): string => `goes on after epoch ${epoch}, from its checkpoint`;

async function readEpochs(file: string): Promise<Learned> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Learned;
  } catch {
    return [];
  }
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;

const testing = ({ name }: Protocol, test: string): string =>
  name === 'base-to-new' ? `testing ${test} classes` : `testing ${test}`;

const sameClasses = ({ classNames }: TestSet, base: TestSet): boolean =>
  classNames.length === base.classNames.length && classNames.every((name, i) => name === base.classNames[i]);

/** The broken images that a run would have read. */
function needed(broken: readonly BrokenImage[], datasets: readonly Dataset[]): BrokenImage[] {
  if (broken.length === 0) return [];
  const read = new Set(datasets.flatMap(({ train, val, test }) => [...train, ...val, ...test].map(({ path }) => path)));
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
  const {
    suite,
    dataset,
    others = [],
    protocol,
    shots,
    seed,
    clip,
    device,
    backend,
    threads,
    precision,
    code,
  } = setting;
  const tests = Object.fromEntries(others.map(other => [other.name, fingerprint(other)]));
  return {
    protocol: protocol.name,
    suite,
    task: dataset.name,
    data: fingerprint(dataset),
    ...(others.length === 0 ? {} : { tests }),
    method: method.name,
    ...(code === undefined ? {} : { code }),
    options: method.options as Record<string, Json>,
    recipe: recipeOf(method, trains, setting),
    shots,
    seed,
    model: clip.id,
    device,
    backend,
    threads,
    ...(precision === 'fp16' && { precision }),
  };
}

/** What of training decides the numbers; a method that is fitted at once has no epochs. */
function recipeOf({ recipe, learner }: Method, trains: boolean, setting: RunSetting): Record<string, Json> {
  if (!trains || learner.fit) return {};
  const cacheFeatures = cachedViewsIn(setting);
  const augment = cacheFeatures !== 0;
  return { ...recipe, augment, ...(cacheFeatures && { cacheFeatures }), ...(setting.validate && { validate: true }) };
}

/** Augmented views of each image that are drawn once; 0 where training sees what a test does. */
const cachedViewsIn = ({ fixedViews, cacheFeatures }: RunSetting): number | undefined =>
  cacheFeatures ?? (fixedViews ? 0 : undefined);

function resultOf(
  { top1, correct, total, perClass, predicted }: Evaluation,
  { classNames, test }: TestSet,
): TestResult {
  const confusion: Record<string, Record<string, number>> = {};
  test.forEach(({ label }, i) => {
    const [name, taken] = [classNames[label]!, classNames[predicted[i]!]!];
    const row = confusion[name] ?? {};
    row[taken] = (row[taken] ?? 0) + 1;
    confusion[name] = row;
  });
  return {
    ...{ top1, correct, total },
    perClass: Object.fromEntries(perClass.map(({ classname, accuracy }) => [classname, accuracy])),
    confusion,
  };
}

const predictionsOf = ({ predicted }: Evaluation, { classNames, test }: TestSet): Predictions[string] => ({
  classNames,
  images: test.map(({ path }) => path),
  labels: test.map(({ label }) => label),
  predicted: [...predicted],
});
