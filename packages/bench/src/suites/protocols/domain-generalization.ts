import { onEach } from './cross-dataset.js';
import { type Protocol, usualMethods } from './protocol.js';

/**
 * Domain generalization (Zhou et al., CoOp): trains on one dataset, tests on variants of it, the same classes in
 * another style. ImageNet has four; a pictogram task trains on flat drawings and tests on shaded ones and on 3D
 * renders; in other suites, the other tasks are the variants.
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
