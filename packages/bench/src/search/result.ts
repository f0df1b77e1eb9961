import type { RunConfig } from '../records/config.js';

/** A setting that was tried, with its accuracies on validation images in percent, averaged over the tasks. */
export interface Tried {
  /** `lr=0.007+epochs=10` */
  options: string;
  base: number;
  /** Absent, like H, for a method that cannot take new classes. */
  new?: number;
  /** Harmonic mean of `base` and `new`. */
  H?: number;
}

/** The result of a search: for each method, the setting to use on every task, and everything tried. */
export interface SearchResult {
  format: 1;
  suite: string;
  tasks: string[];
  shots: number;
  seed: number;
  /** The CLIP: see `Clip.id`. */
  model: string;
  /** Of the frozen towers; absent for float32. */
  precision?: RunConfig['precision'];
  /** The Pillow version whose resizing order was used; absent for 12, as in older files. */
  pillow?: RunConfig['pillow'];
  methods: Record<string, SearchedMethod>;
}

/** What a search found for one method. */
export interface SearchedMethod {
  chosen: string;
  tried: Tried[];
  /** SHA-256 of the sentences about classes that it read; absent without any. */
  descriptions?: string;
  /** For a method of the user's own: see `codeHash`. */
  code?: string;
}
