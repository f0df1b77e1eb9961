import { classSubset } from '@dgprompt/datasets';
import type { Suite } from './suite.js';

/**
 * A suite for choosing settings: only the base classes of every task, tested on their validation images. Base-to-new
 * runs within them, with half of the base classes as stand-ins for new ones, so that no new class and no test image is
 * ever seen.
 *
 * @example
 * ```ts
 * import { openSuite } from '@dgprompt/bench';
 * import { validationSuite } from '@dgprompt/bench/suites';
 *
 * console.log(validationSuite(await openSuite('pictograms')).name); // pictograms-validation
 * ```
 */
export function validationSuite(suite: Suite): Suite {
  return {
    ...suite,
    name: `${suite.name}-validation`,
    async load(task, options) {
      const { valIsTest, ...base } = classSubset(await suite.load(task, options), 'base');
      if (valIsTest || base.val.length === 0)
        throw new Error(`${task} has no validation images apart from its test images; choose settings on other tasks.`);
      return { ...base, test: base.val };
    },
  };
}
