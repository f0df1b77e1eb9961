/** How far a long computation is. */
export interface Progress<Phase extends string = string> {
  /** The part of the work that is going on, such as `features`. */
  phase: Phase;
  done: number;
  total: number;
}

/** Receives progress. */
export type OnProgress<P extends Progress = Progress> = (progress: P) => void;
