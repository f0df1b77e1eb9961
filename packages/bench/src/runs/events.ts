import type { RunRecord } from '../records/record.js';
import type { FailedRun, Planned } from './planned.js';

/** What a bench reports while it works. Counts are of images, of bytes or of runs, as `phase` says. */
export type BenchEvent =
  /** Data is prepared or checked before the runs. */
  | {
      type: 'loading';
      phase: 'preparing images' | 'decoding images' | 'reading images';
      task: string;
      done: number;
      total: number;
    }
  | { type: 'loaded'; task: string }
  /** Something about a dataset that makes results doubtful, such as classes with very few images. */
  | { type: 'warning'; task: string; text: string }
  /** Images that do not decode, left out with `skipBroken`. */
  | { type: 'left out'; task: string; reason: string }
  /** All runs are known; `found` of them have a record already. */
  | { type: 'planned'; runs: readonly Planned[]; waiting: readonly Planned[]; found: number; failed: number }
  | { type: 'progress'; run: Planned; fraction: number; doing: string }
  | { type: 'finished'; run: Planned; record: RunRecord }
  | { type: 'failed'; run: FailedRun; planned?: Planned }
  /** Runs that another system, such as Slurm, will perform after this call has ended. */
  | { type: 'handed over'; runs: readonly Planned[]; to: string }
  /** Runs that another process performs; this one waits for them. */
  | { type: 'elsewhere'; runs: readonly Planned[]; where: string };

export type OnBenchEvent = (event: BenchEvent) => void;
