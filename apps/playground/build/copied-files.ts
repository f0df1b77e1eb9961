import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
const methods = dirname(require.resolve('@dgprompt/methods/package.json'));
const runtime = dirname(createRequire(join(methods, 'package.json')).resolve('onnxruntime-web/wasm'));

/** Files fetched by name, grouped by their folder in the page. */
const folders: Record<string, { from: string; names: string[] }> = {
  ort: {
    from: runtime,
    names: [
      'ort.wasm.min.js',
      ...['', '.asyncify'].flatMap(kind => ['mjs', 'wasm'].map(ending => `ort-wasm-simd-threaded${kind}.${ending}`)),
    ],
  },
  page: { from: join(methods, 'web'), names: ['index.html', 'page.css', 'page.js'] },
};

/** Copies ONNX Runtime's files, and those of the exported classifier page. */
export function copiedFiles(): Plugin {
  return {
    name: 'copied-files',
    generateBundle(_, bundle) {
      // ONNX Runtime is given the location of its files, so the bundler's copies are never fetched
      for (const name of Object.keys(bundle)) if (/^assets\/ort-wasm.*\.wasm$/.test(name)) delete bundle[name];
      for (const [folder, { from, names }] of Object.entries(folders))
        for (const name of names)
          this.emitFile({ type: 'asset', fileName: `${folder}/${name}`, source: readFileSync(join(from, name)) });
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const [, folder = '', name = ''] = (request.url ?? '').split('?')[0]!.split('/');
        const found = folders[folder];
        if (!found?.names.includes(name)) return next();
        const type = { js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' }[
          name.split('.').at(-1)!
        ];
        response.setHeader('content-type', type ?? 'text/plain');
        response.end(readFileSync(join(found.from, name)));
      });
    },
  };
}
