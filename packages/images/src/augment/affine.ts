import type { Picture } from '../colour.js';

/** Where the pixel (x, y) of the result is from: (a x + b y + c, d x + e y + f). */
type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** How a value between pixels is found. */
export type Sampling = 'nearest' | 'bilinear';

/** Pillow's `Image.rotate`, in degrees counter-clockwise about the centre; uncovered corners are black. */
export function rotated(picture: Picture, degrees: number, sampling: Sampling): Picture {
  if (degrees % 360 === 0) return picture;
  const angle = (-degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [picture.width / 2, picture.height / 2];
  return transformed(picture, [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y], sampling);
}

/** Shifts each row to the left by a share of its y; black comes in. */
export const shearedAcross = (picture: Picture, share: number, sampling: Sampling): Picture =>
  transformed(picture, [1, share, 0, 0, 1, 0], sampling);

/** Shifts each column up by a share of its x; black comes in. */
export const shearedDown = (picture: Picture, share: number, sampling: Sampling): Picture =>
  transformed(picture, [1, 0, 0, share, 1, 0], sampling);

/** Shifts a picture to the left and up, in pixels; black comes in. */
export const shifted = (picture: Picture, x: number, y: number, sampling: Sampling): Picture =>
  transformed(picture, [1, 0, x, 0, 1, y], sampling);

/** Pillow's `Image.transform` with `AFFINE`; what lies outside the picture is black. */
function transformed(picture: Picture, affine: Affine, sampling: Sampling): Picture {
  const { width, height } = picture;
  const out = new Uint8Array(picture.data.length);
  const place = sampling === 'nearest' ? nearest(picture, affine, out) : bilinear(picture, affine, out);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) place(x, y);
  return { width, height, data: out };
}

/** Copies the pixel that a place is in. Pillow adds up steps of 1/65536, unless only shifting. */
function nearest({ width, height, data }: Picture, [a, b, c, d, e, f]: Affine, out: Uint8Array) {
  const fixed = (value: number) => Math.floor(value * 65536 + 0.5);
  const isShift = b === 0 && d === 0;
  const [startX, startY] = [fixed(c + (a + b) / 2), fixed(f + (d + e) / 2)];
  const [fa, fb, fd, fe] = [a, b, d, e].map(fixed) as [number, number, number, number];
  return (x: number, y: number) => {
    const fromX = isShift ? Math.floor(a * (x + 0.5) + c) : Math.floor((startX + fa * x + fb * y) / 65536);
    const fromY = isShift ? Math.floor(e * (y + 0.5) + f) : Math.floor((startY + fd * x + fe * y) / 65536);
    if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) return;
    const from = (fromY * width + fromX) * 3;
    const to = (y * width + x) * 3;
    out[to] = data[from]!;
    out[to + 1] = data[from + 1]!;
    out[to + 2] = data[from + 2]!;
  };
}

/** The average of the four pixels around a place, by distance, truncated. */
function bilinear({ width, height, data }: Picture, [a, b, c, d, e, f]: Affine, out: Uint8Array) {
  return (x: number, y: number) => {
    const fromX = a * (x + 0.5) + b * (y + 0.5) + c;
    const fromY = d * (x + 0.5) + e * (y + 0.5) + f;
    if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) return;
    const left = Math.floor(fromX - 0.5);
    const top = Math.floor(fromY - 0.5);
    const dx = fromX - 0.5 - left;
    const dy = fromY - 0.5 - top;
    const x0 = Math.max(0, left) * 3;
    const x1 = Math.min(width - 1, left + 1) * 3;
    const y0 = Math.max(0, top) * width * 3;
    const y1 = Math.min(height - 1, top + 1) * width * 3;
    const to = (y * width + x) * 3;
    for (let channel = 0; channel < 3; channel++) {
      const upperLeft = data[y0 + x0 + channel]!;
      const lowerLeft = data[y1 + x0 + channel]!;
      const upper = upperLeft + (data[y0 + x1 + channel]! - upperLeft) * dx;
      const lower = lowerLeft + (data[y1 + x1 + channel]! - lowerLeft) * dx;
      out[to + channel] = upper + (lower - upper) * dy;
    }
  };
}
