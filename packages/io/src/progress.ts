/** Progress of a long computation. */
export interface Progress<Phase extends string = string> {
  /** The current part of the work, such as `features`. */
  phase: Phase;
  done: number;
  total: number;
}

/** Receives progress. */
export type OnProgress<P extends Progress = Progress> = (progress: P) => void;
