import type { Dataset } from '@dgprompt/datasets';
import type { TaskInfo } from '@dgprompt/methods';
import type { Experiment, Suite } from '../suite.js';

/** Images to test on, among their own classes. */
export type TestSet = Pick<Dataset, 'classNames' | 'test'>;

/** What a run learns from, and what it is tested on. */
export interface ProtocolSplit {
  /** Classes that are trained on, with the images drawn for it. */
  train: Dataset;
  /** By the name that a table has for it, in the table's order. */
  tests: Record<string, TestSet>;
}

/** An experiment of the papers, expanded to runs: datasets × methods × shots × seeds. */
export interface Protocol {
  /** As in the name of every run. */
  name: string;
  /** One line for people. */
  title: string;
  /** The published experiment whose numbers the methods' recipes take. */
  recipe: TaskInfo['protocol'];
  /** Methods, where none are named. */
  methods: readonly string[];
  /** Training images a class, where no number is named; [0] trains nothing. */
  shots: readonly number[];
  /** Whether a run is tested on other datasets than its own, so that it has a source. */
  hasSource?: true;
  /** @param sources tasks to train on, where they were named */
  experiments(suite: Suite, tasks: readonly string[], sources?: readonly string[]): Experiment[];
  /**
   * @param dataset all classes, its few-shot set drawn already
   * @param others the experiment's other datasets
   * @throws Error if the dataset does not fit the protocol
   */
  split(dataset: Dataset, others: readonly Dataset[]): ProtocolSplit;
}

/** Each task by itself. */
export const eachTask: Protocol['experiments'] = (_, tasks) => tasks.map(train => ({ train, others: [] }));

/** The methods that every protocol compares unless told otherwise. */
export const usualMethods: readonly string[] = ['clip', 'coop', 'maple', 'dgprompt'];
