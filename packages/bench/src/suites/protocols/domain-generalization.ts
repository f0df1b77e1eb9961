import type { Suite } from '../suite.js';
import { onEach, othersThan, usualSource } from './cross-dataset.js';
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
  experiments(suite, tasks, sources = usualSource(suite, tasks)) {
    if (suite.variants) checkTasksUsed(suite, tasks, sources);
    return sources.map(train => suite.variants?.(train) ?? { train, others: othersThan(train, suite, tasks) });
  },
  split: onEach,
};

/** @throws one sentence if the tasks were limited to some that are no sources: only variants of these are tested */
function checkTasksUsed(suite: Suite, tasks: readonly string[], sources: readonly string[]): void {
  const unused = tasks.filter(task => !sources.includes(task));
  if (tasks.length === suite.tasks.length || unused.length === 0) return;
  throw new Error(
    `domain-generalization trains on ${sources.join(', ')} and tests on variants of it, not on ${unused.join(', ')}; leave out --tasks, or name what to train on with --source.`,
  );
}
