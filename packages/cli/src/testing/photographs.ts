import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomStream } from '@dgprompt/io';
import sharp from 'sharp';

/** Writes a small JPEG of noise around a colour, for tests. */
export async function photograph(file: string, colour: readonly number[]): Promise<void> {
  const random = randomStream(0).fork(file.replaceAll('\\', '/').split('/').slice(-2).join('/'));
  const [width, height] = [70 + random.integer(30), 70 + random.integer(30)];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
    Math.max(0, Math.min(255, colour[i % 3]! + 120 * (random.next() - 0.5))),
  );
  await mkdir(dirname(file), { recursive: true });
  await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toFile(file);
}

const classes: Record<string, readonly number[]> = {
  apple: [200, 40, 40],
  banana: [220, 210, 40],
  cherry: [120, 20, 60],
  kiwi: [90, 160, 60],
};

/** A folder with photographs of four classes, one subfolder per class. */
export async function fruit(root: string, each = 10): Promise<string> {
  for (const [name, colour] of Object.entries(classes))
    for (let i = 0; i < each; i++) await photograph(join(root, name, `${i}.jpg`), colour);
  return root;
}
