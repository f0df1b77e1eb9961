import type { Ground } from './paint.js';
import { side } from './render.js';

/** OpenAI CLIP's normalisation of red, green and blue in [0, 1]. */
export const clipMean = [0.48145466, 0.4578275, 0.40821073] as const;
export const clipStd = [0.26862954, 0.26130258, 0.27577711] as const;

/**
 * Places a drawing on its ground, scaled, rotated, shifted and perhaps mirrored, with bilinear sampling.
 *
 * @param drawing [64, 64, 4] premultiplied; averaged in place if it is strongly reduced
 * @param size side of the result
 * @param out [size, size, 3] in [0, 1], overwritten
 */
export function place(
  drawing: Float32Array,
  ground: Ground,
  size: number,
  random: () => number,
  out: Float32Array,
): void {
  const scale = 0.52 + 0.53 * Math.sqrt(random());
  const stretch = 1 + 0.16 * (random() - 0.5);
  const turn = random() < 0.5 ? 0 : ((random() * 2 - 1) * 15 * Math.PI) / 180;
  const flip = random() < 0.4 ? -1 : 1;
  const room = Math.max(0, 1 - scale) / 2 + 0.04;
  const [cx, cy] = [(0.5 + (random() * 2 - 1) * room) * size, (0.5 + (random() * 2 - 1) * room) * size];
  const ratio = side / (size * scale);
  if (ratio > 1.6 || (ratio > 1.25 && random() < 0.5)) soften(drawing);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [ax, ay] = [(flip * ratio * cos) / stretch, (flip * ratio * sin) / stretch];
  const [bx, by] = [-ratio * sin * stretch, ratio * cos * stretch];
  const [gx, gy] = [Math.cos(ground.angle) / size, Math.sin(ground.angle) / size];
  const [f0, f1, f2] = ground.from;
  const [r0, r1, r2] = [ground.to[0] - f0, ground.to[1] - f1, ground.to[2] - f2];
  for (let y = 0, o = 0; y < size; y++) {
    const v = y + 0.5 - cy;
    for (let x = 0; x < size; x++, o += 3) {
      const u = x + 0.5 - cx;
      const t = Math.min(1, Math.max(0, 0.5 + (x - size / 2) * gx + (y - size / 2) * gy));
      let red = f0 + t * r0;
      let green = f1 + t * r1;
      let blue = f2 + t * r2;
      const sx = u * ax + v * ay + side / 2 - 0.5;
      const sy = u * bx + v * by + side / 2 - 0.5;
      if (sx > -1 && sy > -1 && sx < side && sy < side) {
        const x0 = Math.floor(sx);
        const y0 = Math.floor(sy);
        const wx = sx - x0;
        const wy = sy - y0;
        // Neighbours outside the image have weight 0, so their index does not matter.
        const left = x0 < 0 ? 0 : 1 - wx;
        const right = x0 + 1 >= side ? 0 : wx;
        const upper = y0 < 0 ? 0 : 1 - wy;
        const lower = y0 + 1 >= side ? 0 : wy;
        const i = ((y0 < 0 ? 0 : y0) * side + (x0 < 0 ? 0 : x0)) * 4;
        const j = (((y0 + 1 >= side ? y0 : y0 + 1) | 0) * side + (x0 < 0 ? 0 : x0)) * 4;
        const next = x0 < 0 || x0 + 1 >= side ? 0 : 4;
        const a = left * upper;
        const b = right * upper;
        const c = left * lower;
        const d = right * lower;
        const through =
          1 - (a * drawing[i + 3]! + b * drawing[i + next + 3]! + c * drawing[j + 3]! + d * drawing[j + next + 3]!);
        if (through < 1) {
          red = a * drawing[i]! + b * drawing[i + next]! + c * drawing[j]! + d * drawing[j + next]! + through * red;
          green =
            a * drawing[i + 1]! +
            b * drawing[i + next + 1]! +
            c * drawing[j + 1]! +
            d * drawing[j + next + 1]! +
            through * green;
          blue =
            a * drawing[i + 2]! +
            b * drawing[i + next + 2]! +
            c * drawing[j + 2]! +
            d * drawing[j + next + 2]! +
            through * blue;
        }
      }
      out[o] = red;
      out[o + 1] = green;
      out[o + 2] = blue;
    }
  }
}

/** Averages every pixel with its right, lower and lower-right neighbours. */
function soften(drawing: Float32Array): void {
  const row = side * 4;
  for (let y = 0; y < side - 1; y++) {
    for (let i = y * row; i < y * row + row - 4; i++) {
      drawing[i] = 0.25 * (drawing[i]! + drawing[i + 4]! + drawing[i + row]! + drawing[i + row + 4]!);
    }
  }
}

/**
 * Jitters the colours of a picture (lightness, contrast, saturation, hue, sometimes grey), sometimes blurs it or adds
 * noise, and normalises it as CLIP does.
 *
 * @param picture [size, size, 3] in [0, 1], overwritten
 * @param out [3, size, size] starting at `at`
 */
export function shake(picture: Float32Array, size: number, random: () => number, out: Float32Array, at: number): void {
  const n = size * size;
  if (random() < 0.12) blur(picture, size);
  const noise = random() < 0.12 ? 0.06 * random() : 0;
  const gain = 1 + 0.3 * (random() - 0.5);
  const lift = 0.16 * (random() - 0.5);
  const grey = random() < 0.05;
  const saturation = grey ? 0 : random() < 0.6 ? 0.6 + 0.8 * random() : 1;
  const hue = random() < 0.4 ? (random() * 2 - 1) * 0.3 : 0; // radians
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = hueMatrix(hue, saturation) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [s0, s1, s2] = clipStd.map(s => 1 / s) as [number, number, number];
  for (let i = 0, p = 0; i < n; i++, p += 3) {
    const r = picture[p]!;
    const g = picture[p + 1]!;
    const b = picture[p + 2]!;
    const d = noise > 0 ? noise * (random() - 0.5) * 2 : 0;
    const add = 0.5 + lift + d - 0.5 * gain;
    const red = gain * (m0 * r + m1 * g + m2 * b) + add;
    const green = gain * (m3 * r + m4 * g + m5 * b) + add;
    const blue = gain * (m6 * r + m7 * g + m8 * b) + add;
    out[at + i] = ((red < 0 ? 0 : red > 1 ? 1 : red) - clipMean[0]) * s0;
    out[at + n + i] = ((green < 0 ? 0 : green > 1 ? 1 : green) - clipMean[1]) * s1;
    out[at + 2 * n + i] = ((blue < 0 ? 0 : blue > 1 ? 1 : blue) - clipMean[2]) * s2;
  }
}

/** Rotates hues and scales saturation, both about the grey axis with luminance weights (as in the SVG filter). */
function hueMatrix(angle: number, saturation: number): number[] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const w = [0.213, 0.715, 0.072];
  const turn = [
    [0.213 + 0.787 * c - 0.213 * s, 0.715 - 0.715 * c - 0.715 * s, 0.072 - 0.072 * c + 0.928 * s],
    [0.213 - 0.213 * c + 0.143 * s, 0.715 + 0.285 * c + 0.14 * s, 0.072 - 0.072 * c - 0.283 * s],
    [0.213 - 0.213 * c - 0.787 * s, 0.715 - 0.715 * c + 0.715 * s, 0.072 + 0.928 * c + 0.072 * s],
  ];
  return turn.flatMap(row => row.map((v, j) => saturation * v + (1 - saturation) * w[j]!));
}

/** A 3 × 3 box blur, excluding the border. */
function blur(picture: Float32Array, size: number): void {
  const before = picture.slice();
  const row = size * 3;
  for (let y = 1; y < size - 1; y++) {
    for (let i = y * row + 3; i < (y + 1) * row - 3; i++) {
      picture[i] =
        (before[i - row - 3]! +
          before[i - row]! +
          before[i - row + 3]! +
          before[i - 3]! +
          before[i]! +
          before[i + 3]! +
          before[i + row - 3]! +
          before[i + row]! +
          before[i + row + 3]!) /
        9;
    }
  }
}
