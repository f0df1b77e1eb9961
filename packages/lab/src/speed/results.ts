import type { Job } from './jobs.js';
import type { RowName, RowResult } from './rows/index.js';
import type { Measurement } from './run-job.js';

/** All measurements of a run, by row and name. */
export interface Results {
  of<N extends RowName>(row: N, name: string): { result: RowResult<N>; peakBytes: number } | undefined;
  /** Why a measurement failed. */
  fault(row: RowName, name: string): string | undefined;
  add(job: Job, outcome: Measurement): void;
}

export function newResults(): Results {
  const all = new Map<string, Measurement>();
  const key = (row: string, name: string) => `${row} ${name}`;
  return {
    of(row, name) {
      const outcome = all.get(key(row, name));
      return outcome && 'result' in outcome ? (outcome as never) : undefined;
    },
    fault(row, name) {
      const outcome = all.get(key(row, name));
      return outcome && 'error' in outcome ? outcome.error : undefined;
    },
    add: ({ row, name }, outcome) => void all.set(key(row, name), outcome),
  };
}
