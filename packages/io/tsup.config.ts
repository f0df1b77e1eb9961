import { defineConfig } from 'tsup';
import shared from '../../tsup.config.js';

/** The worker threads load a file of their own. */
export default defineConfig({ ...(shared as object), entry: ['src/index.ts', 'src/pixel-worker.ts'] });
