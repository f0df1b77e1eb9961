import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { progressLine, renderCorpus } from './render.js';

const cacheDir = process.argv[2] ?? join(fileURLToPath(new URL('../../..', import.meta.url)), '.cache/pretrain');
const index = await renderCorpus(cacheDir, progressLine('Rendering icons'));
console.log(
  `${index.entries.length - index.empty.length} pictures in ${cacheDir} (${index.empty.length} empty ones left out).`,
);
