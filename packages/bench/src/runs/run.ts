import { join } from 'node:path';
import { type Dataset, fewShot, type Item } from '@dgprompt/datasets';
import type { Progress } from '@dgprompt/io';
import { evaluate } from '@dgprompt/methods';
import { adaptsAlone } from '@dgprompt/methods/evaluation';
import { checkWholeImages, flatOptions } from '@dgprompt/methods/method';
import { cachedTransform, evalTransform, type Transform } from '@dgprompt/methods/transforms';
import { type BrokenImage, imagesRead, leaveOut } from '../data/broken-images.js';
import { checkContents } from '../data/fingerprint.js';
import { ownFacts } from '../methods/title.js';
import type { RunConfig } from '../records/config.js';
import { environment } from '../records/environment.js';
import { bare } from '../records/own.js';
import { type RunRecord, runFiles } from '../records/record.js';
import { checkShots, type Protocol } from '../suites/protocols/protocol.js';
import { type RunWork, runWork } from './amount.js';
import { learn } from './learn.js';
import { watchMemory } from './memory-watch.js';
import { type Predictions, predictionsOf, resultOf } from './results.js';
import { cachedViewsIn, configOf, type RunSetting } from './setting.js';

/** One prepared run of a protocol. */
export interface Run {
  config: RunConfig;
  work: RunWork;
  /** The work's estimated cost, relative to testing one image. */
  cost: number;
  /** Trains and tests; writes nothing but the checkpoint. */
  perform(options?: RunOptions): Promise<Performed>;
}

/** A run's record, and its prediction for every test image. */
export interface Performed {
  record: RunRecord;
  predictions: Predictions;
}

export interface RunOptions {
  /**
   * The test view of each image. Runs on the same task with the same transform share its pixels, and compute frozen
   * features once. Default: `cachedTransform(evalTransform(clip.preparation))`.
   */
  transform?: Transform;
  /** The run's folder with its checkpoint; an interrupted run resumes from it with the same bits. */
  folder?: string;
  onProgress?(progress: RunProgress): void;
  /** Receives lines for the run's log. */
  onLine?(text: string): void;
  /** Stops before the next step; the signal's reason is thrown. */
  signal?: AbortSignal;
}

export interface RunProgress {
  /** Finished share of the run, 0 to 1. */
  fraction: number;
  phase: keyof RunWork;
  /** Images of the phase that are done. */
  done: number;
  /** Current activity, such as `epoch 3/5, loss 1.23`. */
  doing: string;
}

/** Least seconds between checkpoints, which follow an epoch: short epochs would spend their time on them. */
const checkpointSeconds = 5;

/**
 * Prepares a run: draws the few-shot set over all classes, then splits it into training and test sets by the protocol.
 *
 * @throws one sentence if the dataset does not fit the protocol, or the method cannot be built for this model or these
 *   classes
 */
export function prepareRun(setting: RunSetting): Run {
  const {
    clip,
    dataset,
    others = [],
    protocol,
    method: factory,
    shots,
    seed,
    overrides,
    validate,
    keep,
    patience,
    descriptions,
    views = 1,
  } = setting;
  if (shots > 0) checkShots(protocol, [shots]);
  const cacheFeatures = cachedViewsIn(setting);
  const drawn = shots === 0 ? dataset : fewShot(dataset, shots, seed);
  const read = imagesRead(shots === 0 ? undefined : drawn, [dataset, ...others]);
  const broken = brokenAmong(read, setting.broken ?? []);
  const without = (one: Dataset) => leaveOut(one, broken);
  const { train: base, tests } = protocol.split(without(drawn), others.map(without));
  checkTestImages(tests);
  const options = { protocol: protocol.recipe, seed, ...(descriptions && { descriptions }), ...overrides };
  const resolved = factory.resolve(clip, base, options);
  if (resolved.readsTest && !/:.*test/.test(resolved.name))
    throw new Error(
      `${resolved.name} would choose its settings on the test images; ask for that by name, ${resolved.name.split(':')[0]}:test-search, so that tables say so.`,
    );
  const trains = resolved.training !== 'none';
  if (trains && shots === 0)
    throw new Error(
      `${resolved.name} must be trained, and ${protocol.name} trains nothing; use --protocol few-shot to compare it.`,
    );
  if (views !== 1 && resolved.adapts) throw new Error(adaptsAlone(resolved.name));
  if (trains && cacheFeatures === 0) checkWholeImages(factory.id);
  const config = configOf({ ...setting, broken }, resolved);
  const chosen = flatOptions(resolved.options);
  const notes = Object.entries(resolved.capped).map(
    ([option, published]) => `${option} ${published} → ${chosen[option]}: all the layers that this model has`,
  );
  const untested = new Map<string, string>(); // by test, why the learned parameters cannot take its classes
  for (const [name, { classNames }] of Object.entries(tests)) {
    const reason = resolved.refusal(classNames);
    if (reason !== undefined) untested.set(name, reason);
  }
  notes.push(...clip.notes, ...new Set(untested.values()));
  const validation = validate && !base.valIsTest ? base.val : undefined;
  if (validate && base.valIsTest)
    notes.push(`${base.name}: no validation after epochs, since its validation images are its test images`);
  if (broken.length > 0) notes.push(`${broken.length} images left out that do not decode: ${shortNames(broken)}`);
  const epochs = trains ? Number(config.recipe.epochs ?? 1) : 0;
  const drawnViews = cacheFeatures === undefined ? 0 : Math.min(Math.max(1, cacheFeatures), epochs);
  const tested = Object.entries(tests).filter(([name]) => !untested.has(name));
  const testImages = tested.reduce((sum, [, { test }]) => sum + views * test.length, 0);
  const counted = { train: base.train.length, tests: testImages };
  const { work, costs } = runWork(resolved, counted, { epochs, views: drawnViews });
  const cost = costs.features + costs.steps + costs.tests;

  async function perform(given: RunOptions = {}): Promise<Performed> {
    const { onProgress, onLine, signal, folder, transform = cachedTransform(evalTransform(clip.preparation)) } = given;
    const started = performance.now();
    const timings: RunRecord['timings'] = {};
    const used = [...(trains ? [...base.train, ...base.val] : []), ...Object.values(tests).flatMap(({ test }) => test)];
    await checkContents(used, setting.contents, signal);
    const method = factory(clip, base, options);
    const report = (phase: keyof RunWork, done: number, doing: string) => {
      const before = { features: 0, steps: costs.features, tests: costs.features + costs.steps }[phase];
      const share = work[phase] === 0 ? 0 : done / work[phase];
      onProgress?.({ fraction: Math.min(1, (before + share * costs[phase]) / cost), phase, done, doing });
    };
    const onText = (phase: keyof RunWork, done: number, text: { done: number; total: number }) =>
      report(phase, done, `hand-written prompts ${text.done}/${text.total}`);
    const memory = watchMemory();
    try {
      const checkpoint = folder !== undefined && trains ? join(folder, runFiles.checkpoint) : undefined;
      const { epochs: learned, resumed } = trains
        ? await learn(method, {
            ...(cacheFeatures === 0 ? { transform } : { cacheFeatures }),
            validation,
            keep,
            patience,
            signal,
            checkpoint,
            checkpointSeconds,
            features: transform.features,
            onProgress(progress) {
              const { done, total } = progress;
              if (progress.phase === 'steps') {
                const { epoch, step, steps, loss } = progress;
                report(
                  'steps',
                  (epoch - 1 + step / steps) * base.train.length,
                  `epoch ${epoch}/${config.recipe.epochs ?? 1}, loss ${loss.toFixed(2)}`,
                );
              } else if (progress.phase === 'text') onText('features', 0, progress);
              else report('features', done, `image features ${done}/${total}`);
            },
            onLine,
          })
        : { epochs: [], resumed: 0 };
      timings.train = trains ? resumed + secondsSince(started) : 0;
      if (resumed > 0) timings.resumed = resumed;

      const results: RunRecord['tests'] = bare();
      const predictions: Predictions = bare();
      const doubts: string[] = [];
      let done = 0;
      for (const [name, test] of Object.entries(tests)) {
        results[name] = null;
        if (untested.has(name)) continue;
        const before = done;
        const onProgress = (progress: Progress) =>
          progress.phase === 'text'
            ? onText('tests', before, progress)
            : report('tests', before + views * progress.done, testing(protocol, name));
        const evaluation = await evaluate(method, test, { transform, views, signal, onProgress });
        results[name] = resultOf(evaluation, test);
        if (evaluation.warning) doubts.push(name === test.name ? evaluation.warning : `${name}: ${evaluation.warning}`);
        predictions[name] = predictionsOf(evaluation, test);
        timings[`test ${name}`] = evaluation.seconds;
        done += views * test.test.length;
        onLine?.(`${name}: ${evaluation.top1.toFixed(2)} % of ${evaluation.total} images`);
      }
      await checkContents(used, setting.contents, signal);
      timings.total = resumed + secondsSince(started);
      const record: RunRecord = {
        format: 3,
        config,
        ...ownFacts(factory),
        tests: results,
        epochs: learned,
        timings,
        memory: memory.end(),
        ...(checkpoint === undefined ? {} : { checkpoint: runFiles.checkpoint }),
        notes: [...notes, ...doubts],
        ...(broken.length > 0 ? { leftOut: broken.length } : {}),
        ...environment(),
        finishedAt: new Date().toISOString(),
      };
      return { record, predictions };
    } finally {
      memory.end();
      method.dispose();
    }
  }

  return { config, work, cost, perform };
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000;

const testing = ({ name }: Protocol, test: string): string =>
  name === 'base-to-new' ? `testing ${test} classes` : `testing ${test}`;

/** @throws one sentence if a test has no images: the run would train, and then fail */
function checkTestImages(tests: Readonly<Record<string, Dataset>>): void {
  for (const [test, { name, subset, test: images }] of Object.entries(tests)) {
    if (images.length > 0) continue;
    const which = subset ? ` of its ${subset} classes` : test === 'all' || test === name ? '' : ` for ${test}`;
    throw new Error(`${name} has no test images${which}.`);
  }
}

/** The broken images among those that a run reads. */
function brokenAmong(read: readonly Item[], broken: readonly BrokenImage[]): BrokenImage[] {
  if (broken.length === 0) return [];
  const paths = new Set(read.map(({ path }) => path));
  return broken.filter(({ path }) => paths.has(path));
}

/** Folder and file name of the first images. */
const shortNames = (images: readonly BrokenImage[]): string =>
  images
    .slice(0, 5)
    .map(({ path }) => path.split(/[\\/]/).slice(-2).join('/'))
    .join(', ') + (images.length > 5 ? ', …' : '');
