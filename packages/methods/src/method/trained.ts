/** Accuracies of a trained classifier on images that it was not trained on. */
export interface Result {
  /** Which images: those held out for testing, the validation images, or (where there is nothing else) the training images. */
  on: 'test' | 'validation' | 'training';
  images: number;
  /** Top-1 in percent. */
  top1: number;
  /** The same of the frozen CLIP with hand-written prompts. */
  zeroShot: number;
  /** Of each class that has images: name, images, and both accuracies in percent. */
  perClass: { name: string; images: number; top1: number; zeroShot: number }[];
}

/** What a finished classifier's `run.json` says of its training. */
export interface Trained {
  /** What the images came from, a folder or a list: an absolute path. */
  source: string;
  /** The folder that all images lie in, which the paths in `split.json` start from. */
  folder: string;
  images: { train: number; val: number; test: number };
  /** What was seen of them: `augmented`, `crop`, `still`, or `augmented, 8 of each image`. */
  views?: string;
  /** The epoch whose prompts were kept. */
  epoch: number;
  epochs: { number: number; loss: number; seconds: number; validation?: number }[];
  result: Result;
  /** ISO 8601. */
  finishedAt: string;
}
