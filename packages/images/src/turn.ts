import type { Picture } from './colour.js';

/** Applies an orientation tag (1 to 8) to a picture; other values leave it unchanged. */
export function turn(picture: Picture, orientation: number): Picture {
  if (!(orientation >= 2 && orientation <= 8)) return picture;
  const { width: w, height: h, data } = picture;
  const swapped = orientation >= 5;
  const [width, height] = swapped ? [h, w] : [w, h];
  const out = new Uint8Array(data.length);
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += 3) {
      const [a, b] = swapped ? [y, x] : [x, y];
      const from = ((fromBottom ? h - 1 - b : b) * w + (fromRight ? w - 1 - a : a)) * 3;
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
    }
  return { width, height, data: out };
}

/** The inverse of `turn`. */
export const turnBack = (picture: Picture, orientation: number): Picture =>
  turn(picture, orientation === 6 ? 8 : orientation === 8 ? 6 : orientation);
