import type { Picture } from '../colour.js';

/** Pillow's `ImageEnhance`: away from a plainer picture (factor above 1) or towards it (below 1). */
function blended(plain: (i: number) => number, { width, height, data }: Picture, factor: number): Picture {
  const alpha = Math.fround(factor);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const from = plain(i);
    const value = Math.fround(from + Math.fround(alpha * (data[i]! - from)));
    out[i] = value <= 0 ? 0 : value >= 255 ? 255 : value; // truncated
  }
  return { width, height, data: out };
}

/** The values of a picture in grey, one per pixel: Pillow's mode `L`. */
function greys({ data }: Picture): Uint8Array {
  const grey = new Uint8Array(data.length / 3);
  for (let p = 0; p < grey.length; p++)
    grey[p] = (data[3 * p]! * 19595 + data[3 * p + 1]! * 38470 + data[3 * p + 2]! * 7471 + 0x8000) >> 16;
  return grey;
}

/** Pillow's `ImageEnhance.Color`: 0 is grey, 1 unchanged. */
export function withColour(picture: Picture, factor: number): Picture {
  const grey = greys(picture);
  return blended(i => grey[Math.floor(i / 3)]!, picture, factor);
}

/** Pillow's `ImageEnhance.Contrast`: 0 is the mean grey, 1 unchanged. */
export function withContrast(picture: Picture, factor: number): Picture {
  const grey = greys(picture);
  const mean = Math.floor(grey.reduce((sum, value) => sum + value, 0) / grey.length + 0.5);
  return blended(() => mean, picture, factor);
}

/** Pillow's `ImageEnhance.Brightness`: 0 is black, 1 unchanged. */
export const withBrightness = (picture: Picture, factor: number): Picture => blended(() => 0, picture, factor);

/** Pillow's `ImageEnhance.Sharpness`: 0 is smoothed, 1 unchanged. */
export function withSharpness(picture: Picture, factor: number): Picture {
  const smooth = smoothed(picture);
  return blended(i => smooth[i]!, picture, factor);
}

/** Pillow's `ImageFilter.SMOOTH`, weights 1 and 5 in the middle over 13; the outermost pixels stay. */
function smoothed({ width, height, data }: Picture): Uint8Array {
  const out = data.slice();
  const row = 3 * width;
  for (let y = 1; y < height - 1; y++)
    for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
      let sum = 4 * data[i]!;
      for (const start of [i - row, i, i + row]) sum += data[start - 3]! + data[start]! + data[start + 3]!;
      out[i] = Math.floor(sum / 13 + 0.5);
    }
  return out;
}
