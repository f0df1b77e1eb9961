import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Item } from '@dgprompt/datasets';
import { seededRandom } from '@dgprompt/engine';
import sharp from 'sharp';
import { classNames } from './class-names.js';

const width = 500;
const height = 375;
const count = 24;

/**
 * JPEG files to decode: those in a folder, or if it does not exist, generated ones of 500 × 375 pixels with as much
 * detail at every scale as photographs (amplitude falls with frequency).
 */
export async function photographs(folder: string): Promise<string[]> {
  if (!existsSync(folder)) await makePhotographs(folder);
  const files = (await readdir(folder)).filter(name => /\.jpe?g$/i.test(name)).sort();
  if (files.length === 0) throw new Error(`There are no JPEG files in ${folder}.`);
  return files.map(name => join(folder, name));
}

/** This many labelled items, cycling through some files. */
export const itemsOf = (files: readonly string[], count: number): Item[] =>
  Array.from({ length: count }, (_, i) => {
    const label = i % classNames.length;
    return { path: files[i % files.length]!, label, classname: classNames[label]! };
  });

async function makePhotographs(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const random = seededRandom(1);
  for (let i = 0; i < count; i++) {
    const sum = new Float32Array(3 * width * height);
    for (let side = 4; side <= 256; side *= 2) {
      const noise = Uint8Array.from({ length: 3 * side * side }, () => 256 * random.next());
      const octave = await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
        .resize(width, height, { fit: 'fill', kernel: 'cubic' })
        .raw()
        .toBuffer();
      octave.forEach((value, at) => {
        sum[at]! += ((value - 128) * 3) / side;
      });
    }
    const pixels = Uint8Array.from(sum, value => Math.max(0, Math.min(255, 128 + value)));
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toFile(join(folder, `${String(i).padStart(2, '0')}.jpg`));
  }
}
