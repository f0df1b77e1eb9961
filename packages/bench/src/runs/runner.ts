import type { Outcome } from './perform.js';
import type { PlanOptions } from './plan.js';
import type { Planned } from './planned.js';

/** What to compare, and how. */
export interface BenchOptions extends PlanOptions {
  /** Folder of the records. */
  results: string;
  /** Do runs again that failed before. */
  retryFailed?: boolean;
  /** Folder in which decoded test images are kept. */
  cache?: string;
  /** Who does the runs. Default: this process, one after another. */
  runner?: Runner;
}

/** Does runs, in any order and as many at a time as it likes, and tells what becomes of each. */
export type Runner = (runs: readonly Planned[], events: RunnerEvents, options: BenchOptions) => Promise<void>;

/** What a runner reports. */
export interface RunnerEvents {
  progress(run: Planned, progress: { fraction: number; doing: string }): void;
  ended(run: Planned, outcome: Exclude<Outcome, { owner: unknown }>): void;
  /** Runs that are someone else's now, who does them after this call has ended. */
  handedOver(runs: readonly Planned[], to: string): void;
  /** Runs that other processes are doing, which this one waits for. */
  elsewhere(runs: readonly Planned[], where: string): void;
}
