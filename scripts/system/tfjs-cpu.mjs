import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { packageTests } from './package-tests.mjs';

/** The recorded numbers of the published code on tfjs's own CPU kernels; `npm test` runs only two of the cases. */
export const tfjsCpu = {
  name: 'tfjs-cpu',
  async run() {
    if (!existsSync(join(root, '..', 'shared', 'golden'))) return 'there are no recorded numbers beside this checkout';
    const env = { DGPROMPT_BACKEND: 'cpu' };
    return packageTests({ checkout: root, name: 'methods', files: ['src/zoo/golden.test.ts'], env });
  },
};
