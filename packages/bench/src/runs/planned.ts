import type { Run } from './run.js';

/** A run of a plan, by what tells it from the others. */
export interface RunName {
  task: string;
  method: string;
  shots: number;
  seed: number;
}

/** A run that is ready. */
export interface Planned extends RunName {
  run: Run;
}

/** A run that failed, or could not even be prepared. */
export interface FailedRun extends RunName {
  error: Error;
  /** It failed before this call, which did not try again. */
  earlier?: true;
}
