import { type Box, centreBox, crop } from './crop.js';
import type { Picture } from './decode.js';
import { pillow as currentPillow, type PillowVersion } from './pillow.js';

/** Fractional bits of Pillow's fixed-point filter weights. */
const PRECISION = 22;

/** Pillow's filters: their reach in pixels, and their weight at a distance. Bicubic has a = -0.5. */
const FILTERS = {
  bicubic: { support: 2, weight: bicubic },
  bilinear: { support: 1, weight: (x: number) => Math.max(1 - Math.abs(x), 0) },
};
const A = -0.5;

export interface ResizeOptions {
  /** The part of the result to compute. Default: all of it */
  part?: Box;
  /** Pillow's filter. Default: bicubic */
  interpolation?: keyof typeof FILTERS;
  /** The version of Pillow whose order of passes to reproduce. Default: see `usePillow` */
  pillow?: PillowVersion;
}

/**
 * Resizes with Pillow's antialiased filters, with its integer arithmetic and rounding (`Image.resize(size, BICUBIC)`):
 * the published results were made with them, and other libraries' filters give other pixels.
 *
 * @param width of the result, in pixels
 * @param height of the result, in pixels
 *
 * @example
 * ```ts
 * import { decode, resize } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(resize(picture, 4, 3).data.length); // 36
 * ```
 */
export function resize(
  picture: Picture,
  width: number,
  height: number,
  { part, interpolation = 'bicubic', pillow = currentPillow() }: ResizeOptions = {},
): Picture {
  const box = part ?? { top: 0, left: 0, width, height };
  if (height === picture.height) return narrowed(picture, width, box, interpolation);
  const rows = filterFor({ from: picture.height, to: height, start: box.top, length: box.height, interpolation });
  if (pillow >= 13 && losesHeight(picture, width, height))
    return narrowed(down(picture, rows, 0), width, { ...box, top: 0 }, interpolation);
  const top = firstRow(rows);
  return down(narrowed(picture, width, { ...box, top, height: lastRow(rows) - top }, interpolation), rows, top);
}

/** Pillow 13 resizes the height first if it shrinks by more than twice as many pixels as the width. */
const losesHeight = (from: Picture, width: number, height: number): boolean =>
  from.height > height && from.height - height > 2 * (from.width - width);

/** A box of the picture resized to `width`; only cropped if it has that width, as the filter would change nothing. */
function narrowed(picture: Picture, width: number, box: Box, interpolation: keyof typeof FILTERS): Picture {
  if (width === picture.width) return crop(picture, box);
  const columns = filterFor({ from: picture.width, to: width, start: box.left, length: box.width, interpolation });
  return across(picture, columns, box.top, box.top + box.height);
}

/**
 * Resizes so that the shorter side has `size` pixels and the other side stays in proportion, rounded down
 * (torchvision's `Resize(size)`).
 *
 * @example
 * ```ts
 * import { decode, resizeShortSide } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(resizeShortSide(picture, 3).width); // 4
 * ```
 */
export function resizeShortSide(picture: Picture, size: number, options: Omit<ResizeOptions, 'part'> = {}): Picture {
  const { width, height } = shortSide(picture, size);
  return resize(picture, width, height, options);
}

/**
 * The central square of the result of `resizeShortSide`. Nothing outside it is computed, so the cost does not depend on
 * the picture's aspect ratio.
 *
 * @example
 * ```ts
 * import { decode, resizeCentre } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(resizeCentre(picture, 3).width); // 3
 * ```
 */
export function resizeCentre(picture: Picture, size: number, options: Omit<ResizeOptions, 'part'> = {}): Picture {
  const { width, height } = shortSide(picture, size);
  return resize(picture, width, height, { ...options, part: centreBox({ width, height }, size) });
}

export function shortSide({ width, height }: Picture, size: number): { width: number; height: number } {
  return width <= height
    ? { width: size, height: Math.floor((size * height) / width) }
    : { width: Math.floor((size * width) / height), height: size };
}

/**
 * The inputs of every output position i: input `first[i] + k` has `weights[i * reach + k]`, for k below `count[i]`.
 */
interface Filter {
  reach: number;
  first: Int32Array;
  count: Int32Array;
  weights: Int32Array;
}

/** `length` output positions from `start` on, of an axis of `from` pixels resized to `to`. */
interface Axis {
  from: number;
  to: number;
  start: number;
  length: number;
  interpolation: keyof typeof FILTERS;
}

/** Recent filters: a dataset has few picture sizes. */
const known = new Map<string, Filter>();
const MOST_KNOWN = 64;

function filterFor(axis: Axis): Filter {
  const { from, to, start, length, interpolation } = axis;
  const key = `${from} ${to} ${start} ${length} ${interpolation}`;
  let filter = known.get(key);
  if (filter) return filter;
  filter = makeFilter(axis);
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!);
  known.set(key, filter);
  return filter;
}

function makeFilter({ from, to, start, length, interpolation }: Axis): Filter {
  const { support: near, weight } = FILTERS[interpolation];
  const scale = from / to;
  const stretch = Math.max(scale, 1); // the filter widens when shrinking, so that it covers every input pixel
  const support = near * stretch;
  const reach = Math.ceil(support) * 2 + 1;
  const filter = {
    reach,
    first: new Int32Array(length),
    count: new Int32Array(length),
    weights: new Int32Array(length * reach),
  };
  for (let i = 0; i < length; i++) {
    const centre = (start + i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const count = Math.min(Math.trunc(centre + support + 0.5), from) - first;
    const exact = Array.from({ length: count }, (_, k) => weight((k + first - centre + 0.5) * (1 / stretch)));
    const sum = exact.reduce((total, weight) => total + weight, 0);
    filter.first[i] = first;
    filter.count[i] = count;
    exact.forEach((weight, k) => {
      const fixed = (weight / sum) * 2 ** PRECISION;
      filter.weights[i * reach + k] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    });
  }
  return filter;
}

function bicubic(x: number): number {
  const distance = Math.abs(x);
  if (distance < 1) return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * A;
  return 0;
}

const firstRow = ({ first }: Filter) => first[0]!;
const lastRow = ({ first, count }: Filter) => first[first.length - 1]! + count[count.length - 1]!;

/** Rows `top` to `bottom` of the picture, resized horizontally. */
function across(
  { width: from, data }: Picture,
  { reach, first, count, weights }: Filter,
  top: number,
  bottom: number,
): Picture {
  const width = first.length;
  const out = new Uint8ClampedArray(width * (bottom - top) * 3);
  const line = from * 3;
  const outLine = width * 3;
  // Two rows at a time, so that each weight is read once for both; a last odd row is computed twice.
  for (let y = top; y < bottom; y += 2) {
    const upper = y * line;
    const lower = y + 1 < bottom ? upper + line : upper;
    let to = (y - top) * outLine;
    const below = y + 1 < bottom ? outLine : 0;
    for (let x = 0; x < width; x++, to += 3) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let red2 = HALF;
      let green2 = HALF;
      let blue2 = HALF;
      let at = upper + first[x]! * 3;
      let at2 = lower + first[x]! * 3;
      let k = x * reach;
      const end = k + count[x]!;
      for (; k < end; k++, at += 3, at2 += 3) {
        const weight = weights[k]!;
        red = (red + Math.imul(data[at]!, weight)) | 0;
        green = (green + Math.imul(data[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[at + 2]!, weight)) | 0;
        red2 = (red2 + Math.imul(data[at2]!, weight)) | 0;
        green2 = (green2 + Math.imul(data[at2 + 1]!, weight)) | 0;
        blue2 = (blue2 + Math.imul(data[at2 + 2]!, weight)) | 0;
      }
      out[to] = red >> PRECISION;
      out[to + 1] = green >> PRECISION;
      out[to + 2] = blue >> PRECISION;
      out[to + below] = red2 >> PRECISION;
      out[to + below + 1] = green2 >> PRECISION;
      out[to + below + 2] = blue2 >> PRECISION;
    }
  }
  return { width, height: bottom - top, data: new Uint8Array(out.buffer) };
}

/** The picture, whose first row is row `top` of a larger one, resized vertically. */
function down({ width, data }: Picture, { reach, first, count, weights }: Filter, top: number): Picture {
  const height = first.length;
  const row = width * 3;
  const out = new Uint8ClampedArray(row * height);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    const start = y * reach;
    const taps = count[y]!;
    let at = (first[y]! - top) * row;
    let k = 0;
    for (; k + 3 < taps; k += 4, at += 4 * row) {
      const w0 = weights[start + k]!;
      const w1 = weights[start + k + 1]!;
      const w2 = weights[start + k + 2]!;
      const w3 = weights[start + k + 3]!;
      const d1 = at + row;
      const d2 = at + 2 * row;
      const d3 = at + 3 * row;
      for (let x = 0; x < row; x++) {
        const near = (Math.imul(data[at + x]!, w0) + Math.imul(data[d1 + x]!, w1)) | 0;
        const far = (Math.imul(data[d2 + x]!, w2) + Math.imul(data[d3 + x]!, w3)) | 0;
        sums[x] = (sums[x]! + near + far) | 0;
      }
    }
    for (; k < taps; k++, at += row) {
      const weight = weights[start + k]!;
      for (let x = 0; x < row; x++) sums[x] = (sums[x]! + Math.imul(data[at + x]!, weight)) | 0;
    }
    const to = y * row;
    for (let x = 0; x < row; x++) out[to + x] = sums[x]! >> PRECISION;
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

const HALF = 1 << (PRECISION - 1);
