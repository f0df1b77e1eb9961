import { setTimeout as wait } from 'node:timers/promises';
import type { Transform } from '@dgprompt/methods/transforms';
import { evalTransformFor } from '../data/disk-transform.js';
import { featureStore } from '../data/feature-folder.js';
import type { Owner } from './lock.js';
import { performRun } from './perform.js';
import type { Planned } from './planned.js';
import type { Runner } from './runner.js';

/** Interval for checking on runs of another process, in milliseconds. */
const lookInterval = 2000;

/**
 * Performs runs in this process, one after another. Waits for the records of runs that another process performs.
 *
 * @example
 * ```ts
 * import { runHere } from '@dgprompt/bench/runs';
 *
 * console.log(typeof runHere); // function
 * ```
 */
export const runHere: Runner = async (runs, events, options) => {
  const { clip, results, cache, retryFailed, signal } = options;
  const features = featureStore(options);
  let shared: { task: string; transform: Transform } | undefined; // pixels and frozen features of one task at a time
  const perform = async (run: Planned): Promise<Owner | 'unknown' | undefined> => {
    signal?.throwIfAborted();
    if (shared?.task !== run.task)
      shared = { task: run.task, transform: evalTransformFor(clip.preparation, { cache, features }) };
    const onProgress = (progress: { fraction: number; doing: string }) => events.progress(run, progress);
    const outcome = await performRun(run.run, results, {
      retryFailed,
      onProgress,
      signal,
      transform: shared.transform,
    });
    if ('owner' in outcome) return outcome.owner ?? 'unknown';
    events.ended(run, outcome);
    return undefined;
  };

  let elsewhere: { run: Planned; owner: Owner | 'unknown' }[] = [];
  for (const run of runs) {
    const owner = await perform(run);
    if (owner) elsewhere.push({ run, owner });
  }
  while (elsewhere.length > 0) {
    const { owner } = elsewhere[0]!;
    const where = owner === 'unknown' ? 'another process' : `process ${owner.pid} on ${owner.host}`;
    events.elsewhere(
      elsewhere.map(({ run }) => run),
      where,
    );
    await wait(lookInterval, undefined, { signal });
    const still: typeof elsewhere = [];
    for (const { run } of elsewhere) {
      const now = await perform(run);
      if (now) still.push({ run, owner: now });
    }
    elsewhere = still;
  }
};
