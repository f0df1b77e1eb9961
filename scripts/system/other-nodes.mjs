import { run } from '../processes.mjs';
import { runBuiltExamples } from '../readme-examples.mjs';
import { root, turbo } from '../setup.mjs';
import { total } from '../summary.mjs';
import { packageTests } from './package-tests.mjs';

const here = Number(process.versions.node.split('.')[0]);

/**
 * Every README example on the built packages, and the engine's tests (`--full`: clip's, too), under the other Nodes.
 */
export const otherNodes = [20, 22, 24]
  .filter(major => major !== here)
  .map(major => ({
    name: `Node ${major}`,
    async run({ full }) {
      // The npm package `node` brings the binary, so that this needs nothing but the registry.
      const asked = await run('npx', ['--yes', '-p', `node@${major}`, 'node', '-p', 'process.execPath'], {
        capture: true,
        cwd: root,
      });
      if (asked.code === 130) process.exit(130);
      const node = asked.stdout.trim().split('\n').at(-1);
      if (asked.code !== 0) return `npm could not bring node@${major}: ${asked.output.trim().split('\n').at(-1)}`;
      const built = await turbo(['build']);
      if (built === 130) process.exit(130);
      if (built !== 0) return { passed: 0, failed: 1, skipped: 0 };
      const all = [await runBuiltExamples({ node, ways: full ? undefined : ['import'] })];
      for (const name of full ? ['engine', 'clip'] : ['engine'])
        all.push(await packageTests({ checkout: root, name, node }));
      return total(all);
    },
  }));
