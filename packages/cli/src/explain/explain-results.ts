import { join } from 'node:path';
import { openSuite, protocols, type RunRecord, suiteNames } from '@dgprompt/bench';
import { evalTransformFor } from '@dgprompt/bench/data';
import {
  type ExplainedRun,
  explainedMethod,
  explainRun,
  readExplanation,
  type TestSetsOf,
  testSetsIn,
} from '@dgprompt/bench/explain';
import { methodTitle } from '@dgprompt/bench/methods';
import { computedIn } from '@dgprompt/bench/records';
import type { Clip } from '@dgprompt/clip';
import { benchmarks } from '@dgprompt/datasets';
import { type Compute, useDevice } from '@dgprompt/engine';
import { usePillow } from '@dgprompt/images';
import { timeLeft } from '@dgprompt/io';
import { savedRun } from '@dgprompt/methods/method';
import type { Transform } from '@dgprompt/methods/transforms';
import { ownMethodsFor } from '../options/method-options.js';
import { lackFor } from '../own-images/as-trained.js';
import { distinct, groupsOf } from '../report/group.js';
import type { StoredRun } from '../report/stored-run.js';
import { eta } from '../terminal/eta.js';
import type { Reporter } from '../terminal/reporter.js';
import type { Titled } from './explained-text.js';

/** Options that the user named; precision and Pillow version are those of each run. */
export interface Named extends Pick<Compute, 'device' | 'threads' | 'backend'> {
  suite?: string;
  root?: string;
  methodsFrom?: string[];
}

/** The methods that are conditioned on something, and sentences about the other runs. */
export interface ExplainedResults {
  found: Titled[];
  notes: string[];
}

/**
 * Explains runs, or reads the results that an earlier call kept in their folders.
 * @throws one sentence if no run kept its prompts, or no method is conditioned on anything
 */
export async function explainResults(
  runs: readonly StoredRun[],
  clip: Clip,
  named: Named,
  { signal, report }: { signal: AbortSignal; report: Reporter },
): Promise<ExplainedResults> {
  const groups = groupsOf(runs);
  const all = groups.flatMap(({ records }) => records);
  const kept = all.filter(({ checkpoint }) => checkpoint !== undefined);
  const sets = testSets(named);
  const transforms = new Map<string, Transform>(); // runs of a task share its frozen features
  const explanations = new Map<StoredRun, ExplainedRun>();
  const problems: string[] = [];
  const shown = progress(kept, report);
  for (const run of kept) {
    signal.throwIfAborted();
    const path = join(run.folder, run.checkpoint!);
    const { task, precision, pillow } = run.config;
    const pixels = JSON.stringify([task, precision, pillow]);
    if (!transforms.has(pixels)) {
      transforms.clear();
      transforms.set(pixels, evalTransformFor(clip.preparation, {}));
    }
    const explained = async () => {
      await computeAsTested(run, named);
      return explainRun(run, run.folder, {
        clip,
        methods: await ownMethodsOf(run, path, named),
        tests: async () => (await sets(run))(run, signal),
        transform: transforms.get(pixels)!,
        signal,
        onProgress: ({ done, total }) => shown.at(run, done / total),
      });
    };
    try {
      const explanation = (await readExplanation(run, run.folder)) ?? (await explained());
      explanations.set(run, { record: run, explanation });
    } catch (error) {
      signal.throwIfAborted();
      problems.push((error as Error).message);
    }
    shown.ended(run);
  }
  report.stop();
  const found = groups.flatMap(({ title, records, methods }) =>
    methods.flatMap(method => {
      const own = records.flatMap(run => (run.config.method === method ? (explanations.get(run) ?? []) : []));
      const explained = explainedMethod(own);
      return explained ? [{ title, explained }] : [];
    }),
  );
  const conditioned = new Set(found.map(({ explained }) => explained.method));
  const isSeen = (run: StoredRun) => run.checkpoint === undefined || explanations.has(run);
  const seen = new Set(all.filter(isSeen).map(({ config }) => config.method));
  const bare = distinct(groups.flatMap(({ methods }) => methods))
    .filter(method => seen.has(method) && !conditioned.has(method))
    .map(methodTitle);
  const notes = [
    ...new Set(problems),
    ...otherCounts([...explanations.values()]),
    ...(bare.length > 0 ? [`${bare.join(', ')}: conditioned on nothing, so there is nothing to replace.`] : []),
  ];
  if (found.length === 0) throw new Error(notes[0] ?? 'There is nothing to explain.');
  return { found, notes };
}

/** Computes from now on in the precision and with the Pillow version of a run's record. */
async function computeAsTested({ config }: StoredRun, { device, threads, backend }: Named): Promise<void> {
  const { precision, pillow } = computedIn(config);
  const lack = lackFor(precision, { device, backend });
  if (lack !== undefined) throw new Error(`Runs with --precision ${precision} are explained in it, which ${lack}.`);
  usePillow(pillow);
  await useDevice({ device, threads, backend, precision });
}

/** A sentence about each method whose tests count other correct images than their records. */
function otherCounts(runs: readonly ExplainedRun[]): string[] {
  return distinct(runs.map(({ record }) => record.config.method)).flatMap(method => {
    const own = runs.filter(({ record }) => record.config.method === method);
    const most = own.map(mostDifferent).filter(images => images > 0);
    if (most.length === 0) return [];
    const of = `${most.length} of ${own.length} run${own.length === 1 ? '' : 's'}`;
    return `${methodTitle(method)}: ${of} gave other numbers of correct images than recorded, by up to ${Math.max(...most)} in a test; another machine, device or number of threads can change such images.`;
  });
}

/** The largest difference between the correct images of a test and those in the record. */
function mostDifferent({ record, explanation }: ExplainedRun): number {
  const differences = Object.entries(record.tests).map(([name, test]) =>
    test && Object.hasOwn(explanation.tests, name) ? Math.abs(explanation.tests[name]!.correct - test.correct) : 0,
  );
  return Math.max(0, ...differences);
}

/** The custom methods for a run's prompts; none if it has no readable prompts. */
async function ownMethodsOf({ config }: StoredRun, path: string, { methodsFrom }: Named) {
  const saved = await savedRun(path).catch(() => undefined);
  return saved ? ownMethodsFor(saved.method, path, methodsFrom, config.code) : [];
}

/** The test sets of each suite and protocol, opened once. */
function testSets(named: Named): (run: RunRecord) => Promise<TestSetsOf> {
  const known = new Map<string, Promise<TestSetsOf>>();
  return ({ config }) => {
    const { suite, protocol } = config;
    const key = JSON.stringify([suite, protocol]);
    const found = known.get(key) ?? openTestSets(suite, protocol, named);
    known.set(key, found);
    return found;
  };
}

/** A record is data: what it names is opened only if it is built in. */
async function openTestSets(suite: string, protocol: string, { suite: given, root }: Named): Promise<TestSetsOf> {
  if (given === undefined && !suiteNames.includes(suite) && !benchmarks.some(({ id }) => id === suite))
    throw new Error(`The suite of these runs, ${suite}, is not a built-in one; name its folder with --suite.`);
  const known = Object.hasOwn(protocols, protocol) ? protocols[protocol] : undefined;
  if (!known)
    throw new Error(`The protocol of these runs, ${protocol}, is not a built-in one, so they cannot be explained.`);
  return testSetsIn(await openSuite(given ?? suite, { root }), known);
}

/** One progress line for all runs, with the time left. */
function progress(runs: readonly StoredRun[], report: Reporter) {
  const estimate = eta();
  const waiting = new Set(runs);
  const workOf = ({ config, tests }: StoredRun) => ({
    kind: config.method,
    units: Object.values(tests).reduce((sum, test) => sum + (test?.total ?? 0), 0),
  });
  let started = performance.now();
  return {
    at(run: StoredRun, fraction: number) {
      waiting.delete(run);
      const seconds = (performance.now() - started) / 1000;
      const left = estimate.left([{ work: workOf(run), fraction, seconds }], [...waiting].map(workOf));
      const done = runs.indexOf(run) + fraction;
      const text = `${methodTitle(run.config.method)} on ${run.config.task}, seed ${run.config.seed}`;
      report.progress(done / runs.length, left ? `${timeLeft(left)} · ${text}` : text);
    },
    ended(run: StoredRun) {
      waiting.delete(run);
      estimate.finished(workOf(run), (performance.now() - started) / 1000);
      started = performance.now();
    },
  };
}
