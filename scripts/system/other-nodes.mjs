import { otherNode } from '../other-node.mjs';
import { runBuiltExamples } from '../readme-examples.mjs';
import { root, turbo } from '../setup.mjs';
import { total } from '../summary.mjs';
import { packageTests } from './package-tests.mjs';

const here = Number(process.versions.node.split('.')[0]);

/**
 * Every README example on the built packages, and the engine's tests (`--full`: clip's too), on other Node versions.
 */
export const otherNodes = [20, 22, 24]
  .filter(major => major !== here)
  .map(major => ({
    name: `Node ${major}`,
    async run({ full }) {
      const { node, reason } = await otherNode(major);
      if (!node) return reason;
      const built = await turbo(['build']);
      if (built === 130) process.exit(130);
      if (built !== 0) return { passed: 0, failed: 1, skipped: 0 };
      const all = [await runBuiltExamples({ node, ways: full ? undefined : ['import'] })];
      for (const name of full ? ['engine', 'clip'] : ['engine'])
        all.push(await packageTests({ checkout: root, name, node }));
      return total(all);
    },
  }));
