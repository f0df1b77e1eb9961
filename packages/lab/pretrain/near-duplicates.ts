import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hashBytes, nearDuplicateThreshold, perceptualHash } from '@dgprompt/pictograms';
import { openCorpus } from './corpus.js';
import { bytesOf, side } from './render.js';

const cacheDir = process.argv[2] ?? fileURLToPath(new URL('../../../.cache/pretrain', import.meta.url));
const corpus = openCorpus(cacheDir);
const seen = new Map<string, Uint8Array>();
for (const list of [
  corpus.pictures.flatMap(p => p[0]),
  [...corpus.icons].filter(i => corpus.entries[i]!.kind === 'coloured'),
]) {
  for (const i of list) {
    const from = corpus.offsets[i]!;
    const hash = perceptualHash(corpus.bytes.subarray(from, from + bytesOf(corpus.entries[i]!.kind)), side);
    seen.set(Buffer.from(hash).toString('hex'), hash);
  }
}
const hashes = new Uint8Array(seen.size * hashBytes);
[...seen.keys()].sort().forEach((key, i) => {
  hashes.set(seen.get(key)!, i * hashBytes);
});
const folder = fileURLToPath(new URL('../../pictograms/src/data/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}pretraining-hashes.bin.part`, hashes);
renameSync(`${folder}pretraining-hashes.bin.part`, `${folder}pretraining-hashes.bin`);
console.log(
  `${seen.size} hashes of coloured pretraining pictures; at most ${nearDuplicateThreshold} of 128 bits make a duplicate.`,
);
