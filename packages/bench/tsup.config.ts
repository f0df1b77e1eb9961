import { defineConfig } from 'tsup';
import shared from '../../tsup.config.js';

/** The library as in every package, and the command. */
export default defineConfig([
  shared as object,
  { entry: ['src/cli.ts'], format: ['esm'], clean: false, target: 'node20', tsconfig: 'tsconfig.build.json' },
]);
