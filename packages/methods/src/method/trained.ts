import type { ComputePrecision } from '@dgprompt/engine';
import type { PillowVersion } from '@dgprompt/images';

/** Accuracies of a trained classifier. */
export interface Result {
  /** Which images: test images, validation images if there are none, or training images if there are no others. */
  on: 'test' | 'validation' | 'training';
  images: number;
  /** Top-1 in percent. */
  top1: number;
  /** The same for the frozen CLIP with hand-written prompts. */
  zeroShot: number;
  /** Set if the numbers are doubtful: hand-written prompts are no better than guessing. */
  warning?: string;
  /** Paths of images that cannot be read, and do not count. */
  unread?: string[];
  /** For each class with images: name, images, and both accuracies in percent. */
  perClass: { name: string; images: number; top1: number; zeroShot: number }[];
}

/** The training of a finished classifier, in its `run.json`. */
export interface Trained {
  /** Absolute path of the folder or list that the images came from. */
  source: string;
  /** The folder of all images, which the paths in `split.json` are relative to. */
  folder: string;
  images: { train: number; val: number; test: number };
  /**
   * The views that it learned from: `augmented` (random crops, some mirrored), `crop` (random crops), `still` (whole
   * images), `randaugment`, or `augmix augmented`; with the smallest crop and the number of views where they are set,
   * as in `augmented from 0.5, 8 of each image`.
   */
  views?: string;
  /** Of the frozen towers; absent for float32. */
  precision?: Exclude<ComputePrecision, 'fp32'>;
  /** The Pillow version whose resizing order is used; absent in older classifiers. */
  pillow?: PillowVersion;
  /** The epoch whose prompts were kept. */
  epoch: number;
  epochs: { number: number; loss: number; seconds: number; validation?: number }[];
  result: Result;
  /** How the method was chosen among several. */
  compared?: Comparison;
  /** ISO 8601. */
  finishedAt: string;
}

/** A comparison of methods, of which the best was saved, the first one on a tie. */
export interface Comparison {
  /** Validation images, or training images that each fit had not seen (cross-validation). */
  on: 'validation' | 'training';
  images: number;
  /** Parts of the training images in cross-validation. */
  folds?: number;
  /** Id of the best one. */
  saved: string;
  methods: TriedMethod[];
}

/** A method that was tried. */
export interface TriedMethod {
  name: string;
  /** Accuracy in percent; undefined if it was not measured. */
  top1?: number;
  /** Without the time for features that all methods share. */
  seconds: number;
  /** Why its training is incomplete or did not start. */
  reason?: string;
}
