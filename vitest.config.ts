import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const packages = fileURLToPath(new URL('./packages', import.meta.url));

/**
 * Shared by every package: tests run on the sources, also of the packages they import. `npm test` adds up the JSON
 * reports.
 */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@dgprompt\/([a-z]+)$/, replacement: `${packages}/$1/src/index.ts` },
      // a folder or a file, as in tsconfig.json
      { find: /^@dgprompt\/([a-z]+)\/(.+)$/, replacement: `${packages}/$1/src/$2` },
    ],
  },
  test: {
    include: ['src/**/*.test.ts'],
    globalSetup: fileURLToPath(new URL('./vitest.temporary.ts', import.meta.url)),
    // Limits are for hangs, not for speed: a machine ten times slower than ours stays within them.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    isolate: false, // one process per package imports everything once
    unstubEnvs: true,
    unstubGlobals: true,
    restoreMocks: true,
    passWithNoTests: true,
    env: { NO_COLOR: '1' }, // what commands print is compared as plain text, in CI too
    reporters: ['default', ['json', { outputFile: process.env.DGPROMPT_TEST_REPORT ?? '.turbo/test-results.json' }]],
  },
});
