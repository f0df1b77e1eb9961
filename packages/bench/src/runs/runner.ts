import type { Outcome } from './perform.js';
import type { PlanOptions } from './plan.js';
import type { Planned } from './planned.js';

/** What to compare, and how. */
export interface BenchOptions extends PlanOptions {
  /** Folder of the records. */
  results: string;
  /** Repeats runs that failed before. */
  retryFailed?: boolean;
  /** Folder that caches decoded test images. */
  cache?: string;
  /** Performs the runs. Defaults to this process, one after another. */
  runner?: Runner;
}

/** Performs runs, in any order and with any parallelism, and reports the events of each. */
export type Runner = (runs: readonly Planned[], events: RunnerEvents, options: BenchOptions) => Promise<void>;

/** Receives a runner's reports. */
export interface RunnerEvents {
  progress(run: Planned, progress: { fraction: number; doing: string }): void;
  ended(run: Planned, outcome: Exclude<Outcome, { owner: unknown }>): void;
  /** Another system will perform these runs after this call has ended. */
  handedOver(runs: readonly Planned[], to: string): void;
  /** Other processes perform these runs; this one waits for them. */
  elsewhere(runs: readonly Planned[], where: string): void;
}
