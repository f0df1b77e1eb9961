import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { patchCount } from '@dgprompt/clip';
import sharp from 'sharp';
import { clipMean, clipStd } from './augment.js';
import { batch, openCorpus } from './batches.js';
import { recipe, shape } from './recipe.js';

const { values } = parseArgs({
  options: {
    cache: { type: 'string', default: fileURLToPath(new URL('../../../.cache/pretrain', import.meta.url)) },
    out: { type: 'string', default: 'contact-sheet.png' },
    step: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});
const [across, down, size] = [16, 16, shape.vision.imageSize];
const corpus = openCorpus(values.cache);
const phase = recipe.phases.find(({ to }) => Number(values.step) < to) ?? recipe.phases.at(-1)!;
const { pixels, captions, entries, group } = batch(corpus, {
  ...phase,
  imageSize: size,
  patches: patchCount(shape.vision),
  step: Number(values.step),
  seed: Number(values.seed),
  size: across * down,
});
const sheet = Buffer.alloc(across * down * size * size * 3);
for (let i = 0; i < across * down; i++) {
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const value = pixels[((i * 3 + c) * size + y) * size + x]! * clipStd[c]! + clipMean[c]!;
        const [row, column] = [Math.floor(i / across) * size + y, (i % across) * size + x];
        sheet[(row * across * size + column) * 3 + c] = Math.round(value * 255);
      }
    }
  }
}
await sharp(sheet, { raw: { width: across * size, height: down * size, channels: 3 } })
  .resize(across * size * 2, down * size * 2, { kernel: 'nearest' })
  .png()
  .toFile(values.out);
captions.forEach((text, i) => {
  console.log(`${i}\t${corpus.entries[entries[i]!]!.id}\t${text}\t${group[i]}`);
});
