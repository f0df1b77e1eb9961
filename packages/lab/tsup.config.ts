import { defineConfig } from 'tsup';
import shared from '../../tsup.config.js';

/** Builds `verify` for the command, and the programs that measure speed. */
export default defineConfig({
  ...(shared as object),
  entry: {
    'golden/index': 'src/golden/index.ts',
    'verify/index': 'src/verify/index.ts',
    'speed/main': 'src/speed/main.ts',
    'speed/measure': 'src/speed/measure.ts',
  },
});
