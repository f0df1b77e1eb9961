import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

/** Shared by every package: an ES module for each entry of `exports` in its package.json; tsc writes the types. */
export default defineConfig({
  entry: entries(),
  format: ['esm'],
  dts: false,
  clean: true,
  sourcemap: false,
  splitting: true,
  target: 'node20',
  tsconfig: 'tsconfig.build.json',
});

/** `./dist/hub/index.js` is built from `src/hub/index.ts`. */
function entries(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, { default?: string }>;
  };
  const built = Object.values(exports).flatMap(({ default: file }) => file?.match(/^\.\/dist\/(.+)\.js$/)?.[1] ?? []);
  return Object.fromEntries(built.map(name => [name, `src/${name}.ts`]));
}
