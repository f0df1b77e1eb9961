import { defineConfig } from 'tsup';
import shared from '../../tsup.config.js';

/** The command and the type of a config file. The private lab, whose `verify` it has, becomes part of it, and so does zod, which loads faster from one file. */
export default defineConfig({
  ...(shared as object),
  entry: ['src/main.ts', 'src/index.ts'],
  noExternal: ['@dgprompt/lab', 'zod'],
});
