import type { Dataset } from '@dgprompt/datasets';
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
  experiments: (suite, tasks, sources = [suite.source ?? suite.tasks[0]!]) =>
    sources.map(train => ({ train, others: tasks.filter(task => task !== train) })),
  split: onEach,
};

/** Trains on all classes of a dataset; tests on it, then on each other one, among that one's own classes. */
export function onEach(dataset: Dataset, others: readonly Dataset[]): ProtocolSplit {
  const tests = [dataset, ...others].map(one => [one.name, one] as const);
  return { train: dataset, tests: Object.fromEntries(tests) };
}
