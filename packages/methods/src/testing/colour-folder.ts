import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/** Class folders of small pictures for tests, one noisy colour per class. */
export async function colourFolder(
  root: string,
  classes: Record<string, [number, number, number]>,
  each: number,
  side = 12,
): Promise<void> {
  let state = 7;
  const next = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  for (const [name, colour] of Object.entries(classes)) {
    await mkdir(join(root, name), { recursive: true });
    for (let i = 0; i < each; i++) {
      const [width, height] = [side + (i % 3) * 5, side + ((i + 1) % 3) * 3];
      const data = Uint8Array.from({ length: width * height * 3 }, (_, k) =>
        Math.max(0, Math.min(255, colour[k % 3]! + 160 * (next() - 0.5))),
      );
      await sharp(data, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(join(root, name, `${i}.png`));
    }
  }
}

/** Colours of the test CLIP's three class names. */
export const colours: Record<string, [number, number, number]> = {
  'big dog': [200, 60, 60],
  cat: [60, 200, 60],
  owl: [60, 60, 200],
};
