import type { Dataset } from '@dgprompt/datasets';
import type { Suite } from '../suite.js';
import { type Protocol, type ProtocolSplit, usualMethods } from './protocol.js';

/**
 * Cross-dataset transfer (Zhou et al., CoCoOp): trains on all classes of one dataset, tests on it and on all the
 * others.
 */
export const crossDataset: Protocol = {
  name: 'cross-dataset',
  title: 'train on one dataset, test on all the others',
  recipe: 'cross-dataset',
  methods: usualMethods,
  shots: [16],
  hasSource: true,
  experiments: (suite, tasks, sources = usualSource(suite, tasks)) =>
    sources.map(train => ({ train, others: othersThan(train, suite, tasks) })),
  split: onEach,
};

/** The suite's source, or the first task if that is not among the tasks. */
export const usualSource = ({ source }: Suite, tasks: readonly string[]): string[] => [
  source !== undefined && tasks.includes(source) ? source : tasks[0]!,
];

/** @throws one sentence if the tasks were limited to the source */
export function othersThan(source: string, suite: Suite, tasks: readonly string[]): string[] {
  const others = tasks.filter(task => task !== source);
  if (others.length === 0 && suite.tasks.length > 1)
    throw new Error(
      `--tasks ${source} leaves no other task to test on after training on ${source}; name more tasks, or another --source.`,
    );
  return others;
}

/** Trains on all classes of a dataset; tests on it, then on each other one, among that one's own classes. */
export function onEach(dataset: Dataset, others: readonly Dataset[]): ProtocolSplit {
  const tests = [dataset, ...others].map(one => [one.name, one] as const);
  return { train: dataset, tests: Object.fromEntries(tests) };
}
