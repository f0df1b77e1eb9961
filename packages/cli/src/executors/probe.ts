import type { BenchOptions } from '@dgprompt/bench';
import { evalTransformFor } from '@dgprompt/bench/data';
import { type Run, type RunProgress, type RunWork, stepCost } from '@dgprompt/bench/runs';

/** How long to train or test, in milliseconds. */
const probeTime = 4000;

/** The measured cost of a method on this machine. */
export interface Probe {
  /** Loading, compiling, and whatever else does not depend on the number of images. */
  startSeconds: number;
  /** Seconds per image; undefined for phases that were not reached. */
  pace: Partial<Record<keyof RunWork, number>>;
  /** Peak memory of the process so far, in bytes. */
  memory: number;
}

/** Measures the beginning of a run, then discards it. */
export async function probe(
  run: Run,
  { clip, cache, signal }: BenchOptions,
  onDoing: (doing: string) => void,
): Promise<Probe> {
  const started = performance.now();
  const enough = new AbortController();
  const stop = AbortSignal.any([enough.signal, ...(signal ? [signal] : [])]);
  const timed = timedPhases();
  const onProgress = (progress: RunProgress) => {
    onDoing(progress.doing);
    if (timed.add(progress, performance.now()) > probeTime && progress.phase !== 'features') enough.abort();
  };
  const late = setTimeout(() => enough.abort(), 10 * probeTime);
  try {
    await run.perform({ signal: stop, onProgress, transform: evalTransformFor(clip.preparation, { cache }) });
  } catch (error) {
    if (!enough.signal.aborted) throw error;
  } finally {
    clearTimeout(late);
  }
  const { pace, milliseconds, last } = timed.measured();
  return {
    startSeconds: Math.max(0, (last ?? performance.now()) - started - milliseconds) / 1000,
    pace,
    memory: process.resourceUsage().maxRSS * 1024,
  };
}

/**
 * Estimates the seconds of a run. A training step runs the method forward and backward, so a phase of testing that was
 * not reached is estimated from it, but takes no less than frozen features.
 */
export function estimate({ startSeconds, pace }: Probe, { features, steps, tests }: RunWork): number {
  const ofFeatures = pace.features ?? 0;
  const ofSteps = pace.steps ?? ofFeatures * stepCost;
  const ofTests = pace.tests ?? Math.max(ofFeatures, ofSteps / stepCost);
  return startSeconds + features * ofFeatures + steps * ofSteps + tests * ofTests;
}

/** Times the phases of a run from its reports. The time up to a phase's first report belongs to none. */
export function timedPhases() {
  const phases = new Map<keyof RunWork, { first: RunProgress; from: number; last: RunProgress; to: number }>();
  return {
    /** @returns the milliseconds since the phase's first report */
    add(progress: RunProgress, at: number): number {
      const { first, from } = phases.get(progress.phase) ?? { first: progress, from: at };
      phases.set(progress.phase, { first, from, last: progress, to: at });
      return at - from;
    },
    measured() {
      const pace: Probe['pace'] = {};
      let milliseconds = 0;
      let last: number | undefined;
      for (const [phase, { first, from, last: latest, to }] of phases) {
        last = to;
        if (latest.done <= first.done) continue;
        pace[phase] = (to - from) / 1000 / (latest.done - first.done);
        milliseconds += to - from;
      }
      return { pace, milliseconds, last };
    },
  };
}
