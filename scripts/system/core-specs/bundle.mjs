import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { root } from '../../setup.mjs';

/** Specs of parts outside an engine: files, browsers, other backends, and jasmine itself. */
const leftOut =
  /^(io|platforms|backends)[\\/]|(browser_util|jasmine_util|environment|flags|globals|kernel_registry)_test/;

/**
 * Writes one program with the published specs, tfjs and the engine's sources, which all share one tfjs-core.
 * @param {string} folder for the program
 * @returns {Promise<string>} its path
 */
export async function bundleSpecs(folder) {
  // Not at the top: system tests are listed before the dependencies are installed.
  const { build } = await import('esbuild');
  const { resolve } = createRequire(import.meta.url);
  const core = join(dirname(resolve('@tensorflow/tfjs-core/package.json')), 'dist');
  const names = readdirSync(core, { recursive: true })
    .filter(name => name.endsWith('_test.js') && !leftOut.test(name))
    .sort();
  const entry = join(folder, 'entry.mjs');
  const imports = [join(root, 'scripts/system/core-specs/globals.mjs'), ...names.map(name => join(core, name))];
  const run = join(root, 'scripts/system/core-specs/run.mjs');
  writeFileSync(
    entry,
    [...imports, run].map(path => `import ${JSON.stringify(path.split(sep).join('/'))};`).join('\n'),
  );
  const outfile = join(folder, 'specs.mjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['jasmine-core', 'jasmine-core/*', 'onnxruntime-node', 'onnx-proto', 'node-fetch', 'util'],
    banner: { js: "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);" },
    ignoreAnnotations: true, // tfjs-core's package.json claims that its specs have no side effects
    logLevel: 'error',
    absWorkingDir: root,
  });
  return outfile;
}
