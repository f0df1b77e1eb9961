import type { Clip } from '@dgprompt/clip';
import { type Dataset, fewShot } from '@dgprompt/datasets';
import type { Compute } from '@dgprompt/engine';
import type { MethodFactory } from '@dgprompt/methods';
import type { Views } from '@dgprompt/methods/evaluation';
import type { Keep } from '@dgprompt/methods/training';
import { type BrokenImage, brokenImages, imagesRead } from '../data/broken-images.js';
import { checkAllKnown, type DescriptionsFile, descriptionsFor } from '../data/descriptions.js';
import { type Contents, contentsOf, rememberedFingerprint } from '../data/fingerprint.js';
import type { Json } from '../records/config.js';
import { baseToNew } from '../suites/protocols/base-to-new.js';
import type { Protocol } from '../suites/protocols/protocol.js';
import type { Experiment, Suite } from '../suites/suite.js';
import type { OnBenchEvent } from './events.js';
import type { FailedRun, Planned, RunName } from './planned.js';
import { prepareRun, type Run } from './run.js';

/** What to compare, and how; expands into runs. The device is part of every run's config. */
export interface PlanOptions extends Compute {
  clip: Clip;
  suite: Suite;
  /** Default: base-to-new. */
  protocol?: Protocol;
  /** Default: all tasks of the suite. */
  tasks?: readonly string[];
  /** Training datasets for a protocol that learns from one, each separately. Default: the suite's. */
  sources?: readonly string[];
  methods: readonly MethodFactory[];
  /** SHA-256 of the files of custom methods, by method id. */
  code?: ReadonlyMap<string, string>;
  /** SHA-256 of the protocol's file, if it is a custom one. */
  protocolCode?: string;
  /** Training images per class, one number or several. Defaults to the protocol's. */
  shots?: number | readonly number[];
  /** Default: 1. */
  seeds?: readonly number[];
  /** Overrides each method's published number. */
  epochs?: number;
  /** Values and options that override the published ones of every method. */
  overrides?: Readonly<Record<string, Json>>;
  /**
   * Trains on image features of the frozen CLIP that are computed once: of every image as in a test (0), or of this
   * many augmented views of each image. If omitted, every epoch sees new views, unless the suite's are fixed.
   */
  cacheFeatures?: number;
  /** After every epoch, tests on validation images of the training classes and records the result. */
  validate?: boolean;
  /** Sentences about the classes, for the methods that take them. */
  described?: DescriptionsFile;
  /** See `TrainOptions`. Default: the last epoch's prompts, as published */
  keep?: Keep;
  patience?: number;
  /** Views of each test image, which are averaged: 1, 5 or 9. Default: 1 */
  views?: Views;
  /** Skips images that do not decode, and counts them in the records; otherwise they stop a run. */
  skipBroken?: boolean;
  onEvent?: OnBenchEvent;
  /** Stops the bench; the signal's reason is thrown. */
  signal?: AbortSignal;
}

/**
 * The number of runs that the options expand to, without loading any data.
 *
 * @example
 * ```ts
 * import { openSuite } from '@dgprompt/bench';
 * import { plannedCount } from '@dgprompt/bench/runs';
 * import { loadClip } from '@dgprompt/clip';
 * import { coop, maple } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const clip = await loadClip(miniClip);
 * const suite = await openSuite('pictograms');
 * console.log(plannedCount({ clip, suite, methods: [coop, maple], seeds: [1, 2, 3] })); // 66
 * ```
 */
export function plannedCount(options: PlanOptions): number {
  const { methods, seeds = [1] } = options;
  return experimentsOf(options).length * shotsOf(options).length * seeds.length * methods.length;
}

/**
 * All runs, by task, then shots, seed and method; with `only`, those it accepts.
 * @returns the runs that can be done, and in `failed` those that cannot be prepared, each with its reason
 *
 * @example
 * ```ts
 * import { openSuite } from '@dgprompt/bench';
 * import { planRuns } from '@dgprompt/bench/runs';
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const suite = await openSuite('pictograms');
 * const plan = await planRuns({ clip: await loadClip(miniClip), suite, tasks: ['weather'], methods: [zeroshot] });
 * console.log(plan.planned.map(({ task, method, seed }) => [task, method, seed])); // [ [ 'weather', 'clip', 1 ] ]
 * ```
 */
export async function planRuns(
  options: PlanOptions,
  only?: (run: RunName) => boolean,
): Promise<{ planned: Planned[]; failed: FailedRun[] }> {
  const planned: Planned[] = [];
  const failed: FailedRun[] = [];
  const datasets: Dataset[] = [];
  let isWhole = true;
  for (const experiment of experimentsOf(options)) {
    const names = namesOf(options, experiment).filter(name => only?.(name) ?? true);
    if (names.length === 0) continue;
    const plan = await planExperiment(options, experiment, names);
    planned.push(...plan.planned);
    failed.push(...plan.failed);
    datasets.push(...plan.datasets);
    isWhole &&= plan.datasets.length > 0;
  }
  if (options.described && isWhole && !only) checkAllKnown(options.described, datasets);
  return { planned, failed };
}

/**
 * Plans some runs of one experiment, loading its datasets once.
 *
 * @example
 * ```ts
 * import { openSuite } from '@dgprompt/bench';
 * import { planExperiment } from '@dgprompt/bench/runs';
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const options = { clip: await loadClip(miniClip), suite: await openSuite('pictograms'), methods: [zeroshot] };
 * const name = { task: 'weather', method: 'clip', shots: 16, seed: 2 };
 * const { planned } = await planExperiment(options, { train: 'weather', others: [] }, [name]);
 * console.log(planned[0]!.run.config.seed); // 2
 * ```
 */
export async function planExperiment(
  options: PlanOptions,
  experiment: Experiment,
  names: readonly RunName[],
): Promise<{ planned: Planned[]; failed: FailedRun[]; datasets: Dataset[] }> {
  const planned: Planned[] = [];
  const failed: FailedRun[] = [];
  const datasets: Dataset[] = [];
  try {
    const loaded = await loadAll(options, experiment, names);
    datasets.push(loaded.dataset, ...loaded.others);
    for (const name of names) {
      try {
        planned.push({ ...name, run: prepare(options, name, loaded) });
      } catch (error) {
        failed.push({ ...name, error: asError(error) });
      }
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    failed.push(...names.map(name => ({ ...name, error: asError(error) })));
  }
  return { planned, failed, datasets };
}

const experimentsOf = ({ suite, protocol = baseToNew, tasks = suite.tasks, sources }: PlanOptions): Experiment[] =>
  protocol.experiments(suite, tasks, sources);

function shotsOf({ protocol = baseToNew, shots = protocol.shots }: PlanOptions): readonly number[] {
  return typeof shots === 'number' ? [shots] : shots;
}

function namesOf(options: PlanOptions, { train }: Experiment): RunName[] {
  const { methods, seeds = [1] } = options;
  return shotsOf(options).flatMap(shots =>
    seeds.flatMap(seed => methods.map(({ id }) => ({ task: train, method: id, shots, seed }))),
  );
}

interface Loaded {
  dataset: Dataset;
  others: Dataset[];
  broken: BrokenImage[];
  contents: Contents;
  fingerprintOf(dataset: Dataset): string;
}

async function loadAll(options: PlanOptions, experiment: Experiment, names: readonly RunName[]): Promise<Loaded> {
  const { suite, onEvent, signal } = options;
  const load = async (task: string) => {
    signal?.throwIfAborted();
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      onEvent?.({ type: 'loading', phase: 'preparing images', task, done, total });
    const dataset = await suite.load(task, { signal, onProgress });
    for (const text of dataset.warnings) onEvent?.({ type: 'warning', task, text });
    return dataset;
  };
  try {
    const dataset = await load(experiment.train);
    const others: Dataset[] = [];
    for (const other of experiment.others) others.push(await load(other));
    const broken = options.skipBroken ? await findBroken(options, names, [dataset, ...others]) : [];
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      onEvent?.({ type: 'loading', phase: 'reading images', task: dataset.name, done, total });
    const contents = await contentsOf([dataset, ...others], { onProgress, signal });
    return { dataset, others, broken, contents, fingerprintOf: rememberedFingerprint(contents) };
  } finally {
    onEvent?.({ type: 'loaded', task: experiment.train });
  }
}

/** Finds the images needed by the runs that do not decode. */
async function findBroken(
  { onEvent, signal }: PlanOptions,
  names: readonly RunName[],
  [dataset, ...others]: Dataset[],
): Promise<BrokenImage[]> {
  const task = dataset!.name;
  const needed = names.flatMap(({ shots, seed }) =>
    imagesRead(shots === 0 ? undefined : drawnFrom(dataset!, shots, seed), [dataset!, ...others]),
  );
  const onProgress = ({ done, total }: { done: number; total: number }) =>
    onEvent?.({ type: 'loading', phase: 'decoding images', task, done, total });
  const broken = await brokenImages(needed, { onProgress, signal });
  for (const { reason } of broken) onEvent?.({ type: 'left out', task, reason });
  return broken;
}

/** The few-shot set; undefined if it cannot be drawn: that run then fails alone, with the reason. */
function drawnFrom(dataset: Dataset, shots: number, seed: number): Dataset | undefined {
  try {
    return fewShot(dataset, shots, seed);
  } catch {
    return undefined;
  }
}

function prepare(options: PlanOptions, { method, shots, seed }: RunName, loaded: Loaded): Run {
  const { clip, suite, protocol = baseToNew, methods, code, protocolCode, epochs } = options;
  const { cacheFeatures, validate, keep, patience, views } = options;
  const { device, backend, threads, precision } = options;
  const factory = methods.find(({ id }) => id === method)!;
  const { dataset, others } = loaded;
  const descriptions =
    options.described && factory.definition.described
      ? descriptionsFor(options.described, clip, [dataset, ...others])
      : undefined;
  const codes = [code?.get(method), protocolCode].filter(hash => hash !== undefined);
  return prepareRun({
    ...loaded,
    clip,
    suite: suite.name,
    protocol,
    method: factory,
    ...(descriptions && { descriptions }),
    shots,
    seed,
    cacheFeatures,
    validate,
    keep,
    patience,
    views,
    device,
    backend,
    threads,
    precision,
    overrides: { ...options.overrides, ...(epochs !== undefined && { epochs }) },
    code: codes.length === 0 ? undefined : codes.join('+'),
  });
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
