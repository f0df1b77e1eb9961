import { type Dataset, fewShot } from '@dgprompt/datasets';
import { brokenImages, imagesRead, leaveOut } from '../data/broken-images.js';
import { contentsOf, rememberedFingerprint } from '../data/fingerprint.js';
import { own } from '../records/own.js';
import type { RunRecord } from '../records/record.js';
import type { Protocol, TestSet } from '../suites/protocols/protocol.js';
import type { Suite } from '../suites/suite.js';

/** The test sets of a finished run, by the name in its record. */
export type TestSetsOf = (record: RunRecord, signal?: AbortSignal) => Promise<Record<string, TestSet>>;

/**
 * The test sets of finished runs of a suite. Loads each task once, and reads its images once to check that they are
 * those of the runs.
 *
 * @returns a function of a record; it throws one sentence if the suite's data has changed, or lacks the task
 *
 * @example
 * ```ts
 * import { openSuite, protocols, readRecords } from '@dgprompt/bench';
 * import { testSetsIn } from '@dgprompt/bench/explain';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * const record = records.find(({ config }) => config.task === 'weather')!;
 * const { base } = await testSetsIn(await openSuite('pictograms'), protocols['base-to-new']!)(record);
 * console.log(base!.classNames.length > 1); // true
 * ```
 */
export function testSetsIn(suite: Suite, protocol: Protocol): TestSetsOf {
  const known = new Map<string, Promise<Loaded>>();
  const loaded = (task: string, signal?: AbortSignal): Promise<Loaded> => {
    if (!suite.tasks.includes(task))
      throw new Error(`${suite.name} has no task "${task}"; name the suite of the runs with --suite.`);
    const loading = known.get(task) ?? load(suite, task, signal);
    known.set(task, loading);
    return loading;
  };
  return async ({ config, leftOut = 0 }, signal) => {
    const { task, shots, seed, data, tests = {}, skipBroken } = config;
    const source = await loaded(task, signal);
    const others = await Promise.all(Object.keys(tests).map(name => loaded(name, signal)));
    const drawn = shots === 0 ? source.dataset : fewShot(source.dataset, shots, seed);
    const isSame = (one: Loaded, expected: string | undefined) => one.fingerprintOf(one.dataset) === expected;
    const changed = [source, ...others].find(one => !isSame(one, one === source ? data : own(tests, one.dataset.name)));
    if (changed)
      throw new Error(
        `The data of ${changed.dataset.name} have changed since this run; use the data that it was tested on.`,
      );
    const read = imagesRead(
      shots === 0 ? undefined : drawn,
      [source, ...others].map(({ dataset }) => dataset),
    );
    const broken = skipBroken ? await brokenImages(read, { signal }) : [];
    if (broken.length !== leftOut)
      throw new Error(
        `${broken.length} images of ${task} do not decode, and this run left out ${leftOut}; use the version of @dgprompt/images that it was run with.`,
      );
    const without = (one: Dataset) => leaveOut(one, broken);
    return protocol.split(
      without(drawn),
      others.map(one => without(one.dataset)),
    ).tests;
  };
}

interface Loaded {
  dataset: Dataset;
  fingerprintOf(dataset: Dataset): string;
}

async function load(suite: Suite, task: string, signal?: AbortSignal): Promise<Loaded> {
  const dataset = await suite.load(task, { signal });
  return { dataset, fingerprintOf: rememberedFingerprint(await contentsOf([dataset], { signal })) };
}
