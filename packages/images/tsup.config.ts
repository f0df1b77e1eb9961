import { defineConfig } from 'tsup';
import { browser, node } from '../../tsup.config.js';

/** The worker threads of Node load a file of their own. */
export default defineConfig([{ ...node, entry: ['src/index.ts', 'src/pixel-worker.ts'] }, browser]);
