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
  methods: Record<string, { chosen: string; tried: Tried[] }>;
}
