import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, transformWithOxc } from 'vite';

const source = fileURLToPath(new URL('../src/offline/service-worker.ts', import.meta.url));

/** In addition to the build's output. */
const publicFiles = ['icon.svg', 'manifest.webmanifest'];

/** Large and seldom used: cached on first use, so that a first visit stays small. */
const later = /^ort\/.*asyncify|^ort\/ort\.wasm\.min|^page\/|\.png$/;

/** Writes the service worker, with a list of the page's files and their hash. */
export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const hash = createHash('sha256');
      const names = Object.keys(bundle).sort();
      for (const name of names) {
        const file = bundle[name]!;
        hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
      }
      const files = ['./', ...names.filter(name => name !== 'index.html' && !later.test(name)), ...publicFiles];
      const head = `const files = ${JSON.stringify(files)};\nconst version = "${hash.digest('hex').slice(0, 12)}";\n`;
      const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source);
      this.emitFile({
        type: 'asset',
        fileName: 'service-worker.js',
        source: head + code.replace(/export \{\s*\};?/, ''),
      });
    },
  };
}
