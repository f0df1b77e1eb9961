import type { RunRecord } from '../records/record.js';
import type { FailedRun, Planned } from './planned.js';

/** Progress reports of a bench. Counts are of images, bytes or runs, depending on `phase`. */
export type BenchEvent =
  /** Data is being prepared or checked before the runs. */
  | {
      type: 'loading';
      phase: 'preparing images' | 'decoding images' | 'reading images';
      task: string;
      done: number;
      total: number;
    }
  | { type: 'loaded'; task: string }
  /** A reason to doubt the results on a dataset, such as classes with very few images. */
  | { type: 'warning'; task: string; text: string }
  /** An image that does not decode, left out with `skipBroken`. */
  | { type: 'left out'; task: string; reason: string }
  /** All runs are known; `found` of them already have a record. */
  | { type: 'planned'; runs: readonly Planned[]; waiting: readonly Planned[]; found: number; failed: number }
  | { type: 'progress'; run: Planned; fraction: number; doing: string }
  | { type: 'finished'; run: Planned; record: RunRecord }
  | { type: 'failed'; run: FailedRun; planned?: Planned }
  /** Runs that another system, such as Slurm, will perform after this call has ended. */
  | { type: 'handed over'; runs: readonly Planned[]; to: string }
  /** Runs that another process performs; this one waits for them. */
  | { type: 'elsewhere'; runs: readonly Planned[]; where: string };

export type OnBenchEvent = (event: BenchEvent) => void;
