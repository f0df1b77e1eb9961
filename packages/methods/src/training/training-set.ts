import type { Dataset, Item } from '@dgprompt/datasets';
import { isDataset } from '../learner/items.js';
import type { Method } from '../learner/types.js';

/** A method's training images, and those for choosing settings. */
export interface TrainingSet {
  items: readonly Item[];
  /** For choosing epochs and settings, never the test images; empty without any. */
  validation: readonly Item[];
  /** For a method that chooses by them. */
  test: readonly Item[];
  fixedViews: boolean;
}

/** Labelled images, or a dataset's training images. */
export type TrainOn = Dataset | readonly Item[];

/** Whether an argument is training data rather than options. */
export const isTrainOn = (given: object): given is TrainOn => Array.isArray(given) || 'classNames' in given;

/**
 * The training set of a dataset or a list of images, by default of the method's own dataset.
 * @throws one sentence if there is none
 */
export function trainingSet({ name, dataset }: Method, data: TrainOn | undefined): TrainingSet {
  const own = data ?? dataset;
  if (own === undefined)
    throw new Error(`${name} was made from class names alone; give the images to train on, or make it from a dataset.`);
  if (isDataset(own))
    return { items: own.train, validation: validationOf(own), test: own.test, fixedViews: own.fixedViews };
  return {
    items: own,
    validation: dataset ? validationOf(dataset) : [],
    test: dataset?.test ?? [],
    fixedViews: dataset?.fixedViews ?? false,
  };
}

/** A dataset whose validation images are the test images (ImageNet) has none to choose by. */
const validationOf = ({ val, valIsTest }: Dataset): readonly Item[] => (valIsTest ? [] : val);
