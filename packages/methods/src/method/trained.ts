/** Accuracies of a trained classifier. */
export interface Result {
  /** Which images: test images, validation images if there are none, or training images if there are no others. */
  on: 'test' | 'validation' | 'training';
  images: number;
  /** Top-1 in percent. */
  top1: number;
  /** The same of the frozen CLIP with hand-written prompts. */
  zeroShot: number;
  /** Of each class with images: name, images, and both accuracies in percent. */
  /** What makes the numbers doubtful: hand-written prompts that are no better than guessing. */
  warning?: string;
  perClass: { name: string; images: number; top1: number; zeroShot: number }[];
}

/** The training of a finished classifier, in its `run.json`. */
export interface Trained {
  /** Where the images came from, a folder or a list: an absolute path. */
  source: string;
  /** The folder of all images, which the paths in `split.json` are relative to. */
  folder: string;
  images: { train: number; val: number; test: number };
  /** The views in training: `augmented`, `crop`, `still`, or `augmented, 8 of each image`. */
  views?: string;
  /** The epoch whose prompts were kept. */
  epoch: number;
  epochs: { number: number; loss: number; seconds: number; validation?: number }[];
  result: Result;
  /** ISO 8601. */
  finishedAt: string;
}
