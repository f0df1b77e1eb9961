import type { Score } from '../tables/table.js';

/** One setting that was tried. */
export interface Tried extends Score {
  /** `lr=0.007+epochs=10` */
  options: string;
}

/** What a search found: for each method the setting to use on every task, and all that was tried. */
export interface SearchResult {
  format: 1;
  suite: string;
  tasks: string[];
  shots: number;
  seed: number;
  /** The CLIP: see `Clip.id`. */
  model: string;
  methods: Record<string, { chosen: string; tried: Tried[] }>;
}
