import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { copiedFiles } from './build/copied-files.js';
import { serviceWorker } from './build/service-worker.js';
import { sizes } from './build/sizes.js';
import { taskCounts } from './build/task-counts.js';

const methods = new URL('../../packages/methods/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(methods, 'utf8')) as { version: string };
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  base: './',
  define: { METHODS_VERSION: JSON.stringify(version) },
  plugins: [copiedFiles(), serviceWorker(), sizes('page')],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', chunkSizeWarningLimit: 4096, assetsInlineLimit: 0 },
  worker: { format: 'es', plugins: () => [taskCounts(), sizes('worker')] },
  server: { headers: isolation },
  preview: { headers: isolation },
});
