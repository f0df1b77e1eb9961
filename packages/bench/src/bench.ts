import type { Clip } from '@dgprompt/clip';
import { type BrokenImage, type Dataset, fewShot } from '@dgprompt/datasets';
import type { MethodFactory, Views } from '@dgprompt/methods';
import pc from 'picocolors';
import { type BaseToNewRun, baseToNew } from './base-to-new.js';
import { brokenImages } from './broken-images.js';
import { keptViews } from './disk-views.js';
import { duration, timeLeft } from './duration.js';
import { forecast } from './forecast.js';
import { methodTitle } from './method-title.js';
import { findRecord, type RunRecord, writeRecord } from './record.js';
import { type Reporter, silent } from './reporter.js';
import type { RunConfig } from './run-config.js';
import type { Suite } from './suite.js';

/** What to compare, and how. */
export interface BenchOptions {
  clip: Clip;
  suite: Suite;
  /** Default: all of the suite's. */
  tasks?: readonly string[];
  methods: readonly MethodFactory[];
  /** SHA-256 of the files that the user's own methods come from, by the methods' ids. */
  code?: ReadonlyMap<string, string>;
  /** Default: `base-to-new`. */
  protocol?: RunConfig['protocol'];
  /** Training images a class; default 16. */
  shots?: number;
  /** Default: 1. */
  seeds?: readonly number[];
  /** Instead of each method's published number. */
  epochs?: number;
  /** Tests on the base classes' validation images after every epoch, into the records. */
  validate?: boolean;
  /** As given to `useDevice`; they are part of a run's config. */
  device?: string;
  backend?: string;
  threads?: number;
  /** Leave out images that do not decode, and count them in the records; otherwise they stop a run. */
  skipBroken?: boolean;
  /** Folder in which decoded test images are kept. */
  cache?: string;
  /** Folder of the records. */
  results: string;
  reporter?: Reporter;
  /** Stops; what is finished is kept. */
  signal?: AbortSignal;
}

/** What became of the runs. */
export interface BenchResult {
  /** Of all planned runs that are finished, now or earlier, by task, then seed, then method. */
  records: RunRecord[];
  /** How many of `records` were there before. */
  found: number;
  failed: { task: string; method: string; seed: number; error: Error }[];
  /** The signal came before the end. */
  stopped: boolean;
}

type Planned = { task: string; method: string; seed: number; ready: BaseToNewRun };

/**
 * Run every method on every task with every seed, base-to-new, and write a record of each run as it ends.
 *
 * Runs whose record is there already are not run again. A run that fails is reported and the others go on. With an aborted
 * signal the result has what was finished; the same call goes on from there.
 */
export async function bench(options: BenchOptions): Promise<BenchResult> {
  const { suite, results, reporter = silent, signal } = options;
  const failed: BenchResult['failed'] = [];
  const fail = (run: Omit<Planned, 'ready'>, error: unknown) => {
    failed.push({ ...run, error: error instanceof Error ? error : new Error(String(error)) });
    reporter.line(
      `  ${pc.red('✗')} ${run.task}, ${methodTitle(run.method)}, seed ${run.seed}: ${failed.at(-1)!.error.message}`,
    );
  };
  const finished = new Map<Planned, RunRecord>();
  const planned: Planned[] = [];
  try {
    for (const task of options.tasks ?? suite.tasks) planned.push(...(await planTask(options, task, fail)));
    for (const run of planned) {
      const record = await findRecord(results, run.ready.config);
      if (record) finished.set(run, record);
    }
    const found = finished.size;
    if (found > 0) reporter.line(`  ${found} of ${planned.length} runs are done already and are kept.`);
    await runAll(planned, finished, fail, options);
    return { records: recordsOf(planned, finished), found, failed, stopped: false };
  } catch (error) {
    if (!signal?.aborted) throw error;
    return { records: recordsOf(planned, finished), found: finished.size, failed, stopped: true };
  } finally {
    reporter.stop();
  }
}

async function planTask(
  options: BenchOptions,
  task: string,
  fail: (run: Omit<Planned, 'ready'>, error: unknown) => void,
): Promise<Planned[]> {
  const { clip, suite, methods, shots = 16, seeds = [1], epochs, validate, reporter = silent, signal } = options;
  const { device = 'cpu', backend = 'onnxruntime', threads = 0, code, protocol } = options;
  const runs = seeds.flatMap(seed => methods.map(method => ({ seed, method })));
  let dataset: Dataset;
  let broken: BrokenImage[] = [];
  try {
    signal?.throwIfAborted();
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      reporter.progress(done / Math.max(1, total), `preparing the images of ${task}`);
    dataset = await suite.load(task, { signal, onProgress });
    for (const warning of dataset.warnings ?? []) reporter.line(`  ${pc.yellow('!')} ${warning}`);
    if (options.skipBroken) broken = await findBroken(dataset, options);
    reporter.stop();
  } catch (error) {
    signal?.throwIfAborted();
    for (const { seed, method } of runs) fail({ task, method: method.id, seed }, error);
    return [];
  }
  return runs.flatMap(({ seed, method }) => {
    const run = { task, method: method.id, seed };
    const { fixedViews, name } = suite;
    try {
      const setting = {
        clip,
        suite: name,
        dataset,
        fixedViews,
        method,
        shots,
        seed,
        epochs,
        broken,
        validate,
        protocol,
        code: code?.get(method.id),
      };
      return [{ ...run, ready: baseToNew({ ...setting, device, backend, threads }) }];
    } catch (error) {
      fail(run, error);
      return [];
    }
  });
}

/** Which of the images that the runs on a dataset will need do not decode. */
async function findBroken(dataset: Dataset, options: BenchOptions): Promise<BrokenImage[]> {
  const { shots = 16, seeds = [1], reporter = silent, signal } = options;
  const drawn = seeds.map(seed => fewShot(dataset, shots, seed));
  const needed = [...drawn.flatMap(({ train, val }) => [...train, ...val]), ...dataset.test];
  const onProgress = ({ done, total }: { done: number; total: number }) =>
    reporter.progress(done / Math.max(1, total), `decoding the images of ${dataset.name}`);
  const broken = await brokenImages(needed, { onProgress, signal });
  for (const { reason } of broken) reporter.line(`  ${pc.yellow('!')} left out: ${reason}`);
  return broken;
}

async function runAll(
  planned: Planned[],
  finished: Map<Planned, RunRecord>,
  fail: (run: Omit<Planned, 'ready'>, error: unknown) => void,
  { clip, results, seeds, cache, reporter = silent, signal }: BenchOptions,
): Promise<void> {
  const guess = forecast();
  const work = ({ method, ready }: Planned) => ({ method, images: ready.images });
  const waiting = planned.filter(run => !finished.has(run));
  const total = waiting.length;
  const width = Math.max(...planned.map(({ task }) => task.length), 0);
  let shared: { task: string; views: Views } | undefined; // pixels and frozen features of one task, not of all
  while (waiting.length > 0) {
    signal?.throwIfAborted();
    const run = waiting.shift()!;
    if (shared?.task !== run.task) shared = { task: run.task, views: keptViews(clip.imageSize, cache) };
    const started = performance.now();
    const onProgress = ({ fraction, doing }: { fraction: number; doing: string }) => {
      const seconds = (performance.now() - started) / 1000;
      const left = guess.remaining({ run: work(run), fraction, seconds }, waiting.map(work));
      const done = total - waiting.length - 1 + fraction;
      const what = `${methodTitle(run.method)} on ${run.task}, ${doing}`;
      reporter.progress(done / total, left === undefined ? what : `${timeLeft(left)} · ${what}`);
    };
    onProgress({ fraction: 0, doing: 'starting' });
    try {
      const record = await run.ready.run({ onProgress, signal, views: shared.views });
      await writeRecord(results, record);
      finished.set(run, record);
      guess.finished(work(run), record.timings.total);
      reporter.line(finishedLine(run, record, { width, showSeed: (seeds?.length ?? 1) > 1 }));
    } catch (error) {
      signal?.throwIfAborted();
      fail(run, error);
    }
  }
}

function finishedLine(
  { task, method, seed }: Planned,
  { result, timings }: RunRecord,
  look: { width: number; showSeed: boolean },
): string {
  const numbers = [
    ['base', result.base.top1],
    ['new', result.new?.top1],
    ['H', result.harmonicMean],
  ].map(
    ([name, value]) => `${pc.dim(String(name))} ${(typeof value === 'number' ? value.toFixed(1) : '–').padStart(5)}`,
  );
  return [
    `  ${pc.green('✓')} ${task.padEnd(look.width)}`,
    methodTitle(method).padEnd(9),
    ...(look.showSeed ? [pc.dim(`seed ${seed}`)] : []),
    ...numbers,
    pc.dim(duration(timings.total)),
  ].join('  ');
}

const recordsOf = (planned: Planned[], finished: Map<Planned, RunRecord>): RunRecord[] =>
  planned.map(run => finished.get(run)).filter(record => record !== undefined);
