import type { LockOwner } from '@dgprompt/io';
import type { HubSettings } from './settings.js';

/** Progress of a download. */
export interface PullProgress {
  file: string;
  /** Bytes received, of all files. */
  done: number;
  total: number;
}

export interface PullOptions {
  /** A branch, a tag or a commit; default `main`. */
  revision?: string;
  signal?: AbortSignal;
  onProgress?: (progress: PullProgress) => void;
  /** Called once if another process is already downloading the model; this one waits. */
  onWait?: (owner: LockOwner) => void;
  /** Defaults to those of the environment. */
  settings?: HubSettings;
}
