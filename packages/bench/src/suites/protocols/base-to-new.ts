import { classSubset } from '@dgprompt/datasets';
import { eachTask, type Protocol, usualMethods } from './protocol.js';

/**
 * Base-to-new (Zhou et al., CoCoOp, CVPR 2022): few-shot sampling over all classes, training on the first half of the
 * classes, then one test among the base classes and one among the new ones.
 */
export const baseToNew: Protocol = {
  name: 'base-to-new',
  title: 'train on base classes, test on base and new ones',
  recipe: 'base-to-new',
  methods: usualMethods,
  shots: [16],
  experiments: eachTask,
  split(dataset) {
    const classes = dataset.classNames.length;
    if (classes < 4)
      throw new Error(
        `${dataset.name} has ${classes} ${classes === 1 ? 'class' : 'classes'}; base-to-new takes at least 4, two on each side.`,
      );
    const base = classSubset(dataset, 'base');
    if (base.test.length === 0) throw new Error(`${dataset.name} has no test images of its base classes.`);
    return { train: base, tests: { base, new: classSubset(dataset, 'new') } };
  },
};
