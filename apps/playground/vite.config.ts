import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin, transformWithOxc } from 'vite';

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** Writes the service worker, with the list of the files that the page needs. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    async generateBundle(_, bundle) {
      const source = fileURLToPath(new URL('src/offline/service-worker.ts', import.meta.url));
      const names = Object.keys(bundle).sort();
      const hash = createHash('sha256');
      for (const name of names) {
        const file = bundle[name]!;
        hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
      }
      const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source);
      const files = ['./', ...names.filter(name => name !== 'index.html'), 'icon.svg', 'manifest.webmanifest'];
      const head = `const files = ${JSON.stringify(files)};\nconst version = "${hash.digest('hex').slice(0, 12)}";\n`;
      this.emitFile({
        type: 'asset',
        fileName: 'service-worker.js',
        source: head + code.replace(/export \{\s*\};?/, ''),
      });
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [serviceWorker()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', chunkSizeWarningLimit: 4096, assetsInlineLimit: 0 },
  worker: { format: 'es' },
  server: { headers: isolation },
  preview: { headers: isolation },
});
