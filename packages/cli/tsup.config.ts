import { defineConfig } from 'tsup';
import { forNodeAlone, node } from '../../tsup.config.js';

/**
 * Bundles the command and the type of a config file, including the private lab, which has `verify`, and zod, which
 * loads faster from one file.
 */
export default defineConfig({
  ...node,
  entry: ['src/main.ts', 'src/index.ts'],
  dts: forNodeAlone ? false : { entry: 'src/index.ts' },
  noExternal: ['@dgprompt/lab', 'zod'],
});
