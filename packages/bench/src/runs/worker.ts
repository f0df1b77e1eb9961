import { join } from 'node:path';
import { type Clip, loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { usePillow } from '@dgprompt/images';
import type { Transform } from '@dgprompt/methods/transforms';
import { miniClip } from '@dgprompt/pictograms';
import { evalTransformFor } from '../data/disk-transform.js';
import { featureStore } from '../data/feature-folder.js';
import { runName } from '../records/config.js';
import { readRecord } from '../records/record.js';
import { openSettings } from '../settings.js';
import { type Outcome, performRun } from './perform.js';
import { type PlanOptions, planRuns } from './plan.js';
import type { PlanFile } from './plan-file.js';
import type { FailedRun, Planned, RunName } from './planned.js';
import type { RunOptions } from './run.js';

/**
 * Performs runs of a plan one at a time. CLIP stays loaded between them, and a task's data between runs of that task.
 */
export interface PlanWorker {
  /** @throws one sentence if the run differs from its plan because data, code or CLIP have changed */
  perform(index: number, options: RunOptions & { retryFailed?: boolean }): Promise<Outcome>;
  dispose(): void;
}

/**
 * Creates a worker for the runs of a plan.
 *
 * @param plan see `readPlan`
 *
 * @example
 * ```ts
 * import { planWorker } from '@dgprompt/bench/runs';
 *
 * const settings = { protocol: 'base-to-new', suite: 'pictograms', seeds: [1], results: 'results' };
 * const worker = planWorker({ format: 1, created: '', settings, command: '', runs: [] });
 * console.log(await worker.perform(0, {}).catch(error => error.message)); // The plan has 0 runs, …
 * worker.dispose();
 * ```
 */
export function planWorker({ settings, runs }: PlanFile): PlanWorker {
  let clip: Clip | undefined;
  let options: PlanOptions | undefined;
  let current: { task: string; planned: Planned[]; failed: FailedRun[]; transform: Transform } | undefined;

  async function ready(task: string, signal?: AbortSignal) {
    if (!options) {
      const { source, shots, ...chosen } = settings;
      usePillow(settings.pillow);
      await useDevice(settings);
      clip = await loadClip(settings.model ?? miniClip, { config: settings.modelConfig });
      options = { ...chosen, ...(shots && { shots }), ...(await openSettings(settings)), clip };
    }
    if (current?.task !== task)
      current = {
        ...{ task, ...(await planRuns({ ...options, signal }, name => name.task === task)) },
        transform: evalTransformFor(clip!.preparation, { cache: settings.cache, features: featureStore(settings) }),
      };
    return current;
  }

  return {
    async perform(index, given) {
      const wanted = runs[index];
      if (!wanted) throw new Error(`The plan has ${runs.length} runs, and none with the number ${index}.`);
      const done = await readRecord(join(settings.results, wanted.name));
      if (done && 'record' in done) return { record: done.record };
      const { planned, failed, transform } = await ready(wanted.task, given.signal);
      const run = planned.find(one => runName(one.run.config) === wanted.name);
      if (!run)
        throw (
          failed.find(one => isSameRun(one, wanted))?.error ??
          new Error(`${wanted.name} is not what was planned: data, code or CLIP have changed since; plan again.`)
        );
      return performRun(run.run, settings.results, { transform, ...given });
    },
    dispose: () => clip?.dispose(),
  };
}

const isSameRun = (one: RunName, other: RunName): boolean =>
  one.task === other.task && one.method === other.method && one.shots === other.shots && one.seed === other.seed;
