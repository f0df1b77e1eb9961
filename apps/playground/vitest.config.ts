import { mergeConfig } from 'vitest/config';
import shared from '../../vitest.config.js';

/** Each file on its own: they put different workers and stores in the place of the browser's. */
export default mergeConfig(shared, { test: { isolate: true } });
