import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

type Condition = { default?: string };
type Exports = Record<string, Condition & { browser?: Condition }>;

const { exports, version } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Exports; version: string };

/**
 * The rule for browsers: beside `name.ts`, a file `name.browser.ts` replaces it in `dist/browser`, which the condition
 * `browser` of `exports` leads to.
 */
const browserFiles: Plugin = {
  name: 'browser-files',
  setup(build) {
    build.onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path.replace(/(\.browser)?\.js$/, '.browser.ts'));
      return existsSync(file) ? { path: file } : undefined;
    });
  },
};

/** Modules for Node alone, without types: what a checkout's own command needs, see `scripts/node-build.mjs`. */
export const forNodeAlone = process.env.DGPROMPT_BUILD === 'node';

/** What both builds share: an ES module for each entry of `exports` in package.json; tsc writes the types. */
const shared: Options = {
  format: ['esm'],
  dts: false,
  sourcemap: false,
  splitting: true,
  tsconfig: 'tsconfig.build.json',
};

/** Modules for Node. */
export const node: Options = {
  ...shared,
  entry: entries(({ default: file }) => file, ['.ts']),
  clean: forNodeAlone ? false : ['!browser/**'],
  target: 'node20',
};

/** Modules for browsers. */
export const browser: Options = {
  ...shared,
  entry: entries(entry => entry.browser?.default, ['.browser.ts', '.ts']),
  outDir: 'dist/browser',
  clean: true,
  target: 'es2022',
  platform: 'browser',
  define: { DGPROMPT_VERSION: JSON.stringify(version) },
  esbuildPlugins: [browserFiles],
};

const hasBrowser = !forNodeAlone && Object.keys(browser.entry!).length > 0;

export default defineConfig(hasBrowser ? [node, browser] : node);

/** `./dist/hub/index.js`, or `./dist/browser/hub/index.js`, is built from `src/hub/index.ts`. */
function entries(fileOf: (entry: Exports[string]) => string | undefined, endings: string[]): Record<string, string> {
  const built = Object.values(exports).flatMap(
    entry => fileOf(entry)?.match(/^\.\/dist\/(?:browser\/)?(.+)\.js$/)?.[1] ?? [],
  );
  const source = (name: string) => endings.map(ending => `src/${name}${ending}`).find(existsSync)!;
  return Object.fromEntries(built.map(name => [name, source(name)]));
}
