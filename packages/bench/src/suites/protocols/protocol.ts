import type { Dataset } from '@dgprompt/datasets';
import type { TaskInfo } from '@dgprompt/methods';
import type { Experiment, Suite } from '../suite.js';

/** Its test images are classified among its own classes. */
export type TestSet = Dataset;

/** A run's training and test sets. */
export interface ProtocolSplit {
  /** The classes to train on, with the few-shot set. */
  train: Dataset;
  /** By their names in tables, in table order. */
  tests: Record<string, TestSet>;
}

/** An experiment of the papers, expanded into runs: datasets × methods × shots × seeds. */
export interface Protocol {
  /** Part of the name of every run. */
  name: string;
  /** One line for people. */
  title: string;
  /** The published experiment whose recipes the methods use. */
  recipe: TaskInfo['protocol'];
  /** The default methods. */
  methods: readonly string[];
  /** The default shots; [0] trains nothing. */
  shots: readonly number[];
  /** Whether a run is tested on datasets other than its training dataset, the source. */
  hasSource?: true;
  /**
   * @param sources tasks to train on, if any were named
   * @throws one sentence if it would use none or only some of the named tasks
   */
  experiments(suite: Suite, tasks: readonly string[], sources?: readonly string[]): Experiment[];
  /**
   * @param dataset all classes, with the few-shot set already drawn
   * @param others the experiment's other datasets
   * @throws one sentence if the dataset does not fit the protocol
   */
  split(dataset: Dataset, others: readonly Dataset[]): ProtocolSplit;
}

/**
 * @throws one sentence for shots that the protocol would train on although it trains nothing, or for none although it
 *   trains
 */
export function checkShots({ name, shots: usual }: Protocol, shots: readonly number[]): void {
  if (shots.includes(0) && !usual.includes(0))
    throw new Error(`--shots 0 leaves nothing to train on in ${name}; set 1 or more, or use --protocol zero-shot.`);
  const some = shots.find(k => k > 0);
  if (some !== undefined && usual.every(k => k === 0))
    throw new Error(
      `--shots ${some} is for training, and ${name} trains nothing; leave it out, or use --protocol few-shot.`,
    );
}

/** Each task separately. */
export const eachTask: Protocol['experiments'] = (_, tasks) => tasks.map(train => ({ train, others: [] }));

/** The methods that every protocol compares by default. */
export const usualMethods: readonly string[] = ['clip', 'coop', 'maple', 'dgprompt'];
