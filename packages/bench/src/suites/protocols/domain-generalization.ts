import { onEach } from './cross-dataset.js';
import { type Protocol, usualMethods } from './protocol.js';

/**
 * Domain generalization (Zhou et al., CoOp): one dataset to learn from, tests on variants of it, the same classes in
 * another look. ImageNet has four; a pictogram task is learned from flat drawings and tested on shaded ones and on 3D
 * renders; of other suites the other tasks are the variants.
 */
export const domainGeneralization: Protocol = {
  name: 'domain-generalization',
  title: 'train on one dataset, test on variants of it in another look',
  recipe: 'domain-generalization',
  methods: usualMethods,
  shots: [16],
  hasSource: true,
  experiments: (suite, tasks, sources = [suite.source ?? suite.tasks[0]!]) =>
    sources.map(train => suite.variants?.(train) ?? { train, others: tasks.filter(task => task !== train) }),
  split: onEach,
};
