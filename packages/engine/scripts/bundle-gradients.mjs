/**
 * Writes src/kernels/tfjs-gradients.ts: the gradients of tfjs-core, which its Node entry omits and its other files hold
 * in a form that Node cannot load. Public names are imported from tfjs-core, so that there is only one copy of it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const CORE = '@tensorflow/tfjs-core';
const dist = join(dirname(require.resolve(`${CORE}/package.json`)), 'dist');
const source = path => readFileSync(resolve(dist, path), 'utf8');
const { version } = require(`${CORE}/package.json`);
const publicNames = new Set(Object.keys(require(CORE)));

/** Replacements for files that hold singletons: the engine, its tensors, its settings. */
const substitutes = {
  'register_all_gradients.js': source('register_all_gradients.js').replace(/^for .*/ms, 'export { gradConfigs };'),
  'engine.js': `import { engine } from '${CORE}'; export const ENGINE = engine();`,
  'environment.js': `export { env } from '${CORE}';`,
  'tensor.js':
    `import { Tensor, TensorBuffer, Variable } from '${CORE}'; export { Tensor, TensorBuffer, Variable };` +
    'export const getGlobalTensorClass = () => Tensor;',
};

/** Files of tfjs-core whose names are all public become imports from it; the others are small and are copied. */
const fromCore = {
  name: 'from-core',
  setup({ onLoad }) {
    onLoad({ filter: /tfjs-core.dist.*\.js$/ }, ({ path }) => {
      const substitute = substitutes[relative(dist, path)];
      if (substitute) return { contents: substitute };
      const names = exportedNames(source(path));
      const known = names.length > 0 && names.every(name => publicNames.has(name));
      return known ? { contents: `export { ${names.join(', ')} } from '${CORE}';` } : undefined;
    });
  },
};

const exportedNames = text =>
  [...text.matchAll(/^export (?:const|function|class|var|let) (\w+)|^export \{ ([\w, ]+) \}/gm)].flatMap(
    ([, one, several]) => (one ? [one] : several.split(', ').map(name => name.split(' as ').at(-1))),
  );

const { outputFiles } = await build({
  entryPoints: [join(dist, 'register_all_gradients.js')],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  external: [CORE],
  plugins: [fromCore],
  legalComments: 'none',
  write: false,
});
const bundled = outputFiles[0].text.replace(/^export \{[^}]*\};\n/m, '');
const file = fileURLToPath(new URL('../src/kernels/tfjs-gradients.ts', import.meta.url));
writeFileSync(
  file,
  `// @ts-nocheck
/*! @license
 * Gradients of ${CORE} ${version}. Copyright 2018-2023 Google LLC.
 * Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0
 * Bundled by scripts/bundle-gradients.mjs; do not edit.
 */
import type { GradConfig } from '${CORE}';
${bundled}
export const gradients: readonly GradConfig[] = gradConfigs;
`,
);
