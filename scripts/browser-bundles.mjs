import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

const builtins = new Set(builtinModules.flatMap(name => [name, `node:${name}`]));

/** Packages that replace Node's modules in bundles. */
const polyfill =
  /node_modules\/(buffer|process|path-browserify|stream-browserify|crypto-browserify|browserify-[^/]+|os-browserify|util|events|assert|memfs)\//;

/** Files that the packages locate with `new URL(…, import.meta.url)`, which a bundler must copy. */
const assets = [/^model-.*\.safetensors$/, /^weather-.*\.png$/, /^split_pictograms_weather-.*\.json$/];

/**
 * Bundles a program for browsers, as a user would with Vite.
 *
 * @param {{ root: string, outDir: string }} place the folder with `index.html`, and the output folder
 * @returns complaints, one for each Node module or polyfill in the bundle and for each file that was not copied
 */
export async function bundleWithVite({ root, outDir }) {
  const { build } = await import('vite');
  const failed = await build({
    root,
    base: './',
    logLevel: 'error',
    configFile: false,
    worker: { format: 'es', plugins: () => [watch('worker')] },
    plugins: [watch('page')],
    build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 10_000 },
  }).then(
    () => undefined,
    error => error,
  );
  if (failed) return [failed.message.split('\n')[0]];
  function watch(name) {
    return {
      name: `watch-${name}`,
      enforce: 'pre',
      // Vite replaces Node's modules with nothing, whichever module imports them
      resolveId(source, importer = '') {
        if (source.startsWith('node:') || (builtins.has(source) && /@dgprompt|packages\//.test(importer)))
          seen.push(source);
      },
      generateBundle(_, chunks) {
        for (const { moduleIds = [] } of Object.values(chunks)) seen.push(...moduleIds);
      },
    };
  }
  const files = readdirSync(join(outDir, 'assets'));
  return [
    ...moduleComplaints(seen.splice(0)),
    ...assets.filter(asset => !files.some(file => asset.test(file))).map(asset => `Vite copies no ${asset}`),
  ];
}

const seen = [];

/**
 * The same with esbuild, which copies nothing: `loadClip` and `loadTask` get explicit addresses.
 *
 * @param {{ root: string, entry: string, outDir: string }} place
 */
export async function bundleWithEsbuild({ root, entry, outDir }) {
  const { build } = await import('esbuild');
  try {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outdir: outDir,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      tsconfigRaw: '{}',
      metafile: true,
      logLevel: 'silent',
    });
    return moduleComplaints(Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs)));
  } catch (error) {
    return (error.errors ?? [error]).map(
      ({ text, message, location }) => `${text ?? message} (${location?.file ?? ''})`,
    );
  }
}

/** Modules that no browser has; those excluded by a package's `browser` field are not in the bundle. */
function moduleComplaints(ids) {
  const names = ids.map(id => id.replaceAll('\\', '/').replace(/^\0/, ''));
  const wrong = names.filter(id => builtins.has(id) || polyfill.test(id));
  return [...new Set(wrong)].map(id => `the bundle has ${id}`);
}

/** The location of `onnxruntime-web`'s WebAssembly files, starting from a folder. */
export function wasmFolder(root) {
  const folder = join(root, 'node_modules', 'onnxruntime-web', 'dist');
  if (!existsSync(folder)) throw new Error(`There is no ${folder}: run npm install.`);
  return folder;
}
