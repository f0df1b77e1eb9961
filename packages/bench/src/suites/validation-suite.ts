import { classSubset } from '@dgprompt/datasets';
import type { Suite } from './suite.js';

/**
 * A suite to choose settings on: of every task only the base classes, tested on their validation images. The base-to-new protocol then
 * runs inside of them, half of the base classes standing in for new ones, so that neither a new class nor a test image is ever seen.
 */
export function validationSuite(suite: Suite): Suite {
  return {
    ...suite,
    name: `${suite.name}-validation`,
    async load(task, options) {
      const { valIsTest, ...base } = classSubset(await suite.load(task, options), 'base');
      if (valIsTest || base.val.length === 0)
        throw new Error(`${task} has no validation images beside its test images; choose settings on other tasks.`);
      return { ...base, test: base.val };
    },
  };
}
