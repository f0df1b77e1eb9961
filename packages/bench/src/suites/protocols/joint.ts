import { classSubset, type Dataset } from '@dgprompt/datasets';
import { baseToNew } from './base-to-new.js';
import { eachTask, type Protocol, usualMethods } from './protocol.js';

/**
 * Base and new classes together (generalised few-shot, open-world): training as in base-to-new, then tests of base and
 * new images, both among all classes.
 */
export const joint: Protocol = {
  name: 'joint',
  title: 'train on base classes, test base and new ones among all classes',
  recipe: 'base-to-new',
  methods: [...usualMethods, 'clip:memory'],
  shots: [16],
  experiments: eachTask,
  split(dataset) {
    const { train } = baseToNew.split(dataset, []);
    if (train.classNames.length === dataset.classNames.length)
      throw new Error(`${dataset.name} has no class besides the base classes, so joint has nothing new to test.`);
    const isBase = (label: number) => label < train.classNames.length;
    const among = (wanted: boolean): Dataset => ({
      ...dataset,
      test: dataset.test.filter(({ label }) => isBase(label) === wanted),
    });
    if (classSubset(dataset, 'new').test.length === 0)
      throw new Error(`${dataset.name} has no test images of its new classes.`);
    return { train, tests: { base: among(true), new: among(false) } };
  },
};
