import type { Picture } from './colour.js';

/** A picture centred in a square of one colour; `size` must be at least the picture's width and height. */
export function padded({ width, height, data }: Picture, size: number, colour: readonly number[]): Picture {
  const top = Math.floor((size - height) / 2);
  const left = Math.floor((size - width) / 2);
  const out = new Uint8Array(3 * size * size);
  for (let at = 0; at < out.length; at++) out[at] = colour[at % 3]!;
  for (let y = 0; y < height; y++)
    out.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((y + top) * size + left) * 3);
  return { width: size, height: size, data: out };
}
