import type { DownloadRecipe } from './sources.js';

/** How to prepare a dataset. */
export interface PrepareOptions {
  /** The folder with the datasets' folders; created if it does not exist. */
  root: string;
  /** Archives, lists or split files on disk, used instead of downloads and not changed. */
  from?: readonly string[];
  /** The hub's address; defaults to `HF_ENDPOINT`, then `https://huggingface.co`. */
  hub?: string;
  /** Replaces the built-in sources. */
  recipe?: DownloadRecipe;
  /** Milliseconds before a download is tried again, doubled for each further attempt; default 1000. */
  patience?: number;
  /** The ffmpeg command for UCF101's videos; default `ffmpeg`. */
  ffmpeg?: string;
  /** Reports what is being done, and its progress in [0, 1] (0 if unknown). */
  onProgress?(doing: string, fraction: number): void;
  /** Reports, in a sentence, what is not available and what that means. */
  onNote?(note: string): void;
  signal?: AbortSignal;
}
