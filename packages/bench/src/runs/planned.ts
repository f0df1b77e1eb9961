import type { Run } from './run.js';

/** Identifies a run within a plan. */
export interface RunName {
  task: string;
  method: string;
  shots: number;
  seed: number;
}

/** A prepared run. */
export interface Planned extends RunName {
  run: Run;
}

/** A run that failed, or could not be prepared. */
export interface FailedRun extends RunName {
  error: Error;
  /** It failed before this call, which did not retry it. */
  earlier?: true;
}
