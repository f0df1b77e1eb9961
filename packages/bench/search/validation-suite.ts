import { classSubset } from '@dgprompt/datasets';
import type { Suite } from '../src/suite.js';

/**
 * A suite to choose settings on: of every task only the base classes, tested on their validation images. The protocol then runs inside of
 * them (half of the base classes stand in for new ones), so neither a new class nor a test image is ever seen.
 */
export function validationSuite(suite: Suite): Suite {
  return {
    ...suite,
    name: `${suite.name}-validation`,
    async load(task, options) {
      const base = classSubset(await suite.load(task, options), 'base');
      return { ...base, test: base.val };
    },
  };
}
