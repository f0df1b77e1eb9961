import type { Outcome } from '@dgprompt/bench/runs';

/** A message from the parent to a worker. */
export type ToWorker = { index: number; retryFailed?: boolean };

/** A message from a worker to its parent. */
export type FromWorker =
  | { index: number; progress: { fraction: number; doing: string } }
  | { index: number; outcome: Outcome }
  /** The run could not start. */
  | { index: number; error: string };
