import type { Picture } from './decode.js';

/** Bits behind the point of Pillow's fixed-point filter weights. */
const PRECISION = 22;

/** Pillow's bicubic filter reaches two pixels far, its a is -0.5. */
const SUPPORT = 2;
const A = -0.5;

/**
 * Resizes with Pillow's antialiased bicubic filter, integer arithmetic and rounding included (`Image.resize(size, BICUBIC)`): the
 * published results were made with it, and other libraries' bicubic gives other pixels.
 * @param width of the result, in pixels; @param height likewise
 */
export function resize(picture: Picture, width: number, height: number): Picture {
  const wide = width === picture.width ? picture : resizeRows(picture, width);
  return height === picture.height ? wide : resizeColumns(wide, height);
}

/** Resizes so that the shorter side has `size` pixels, the other one in proportion, rounded down (torchvision's `Resize(size)`). */
export function resizeShortSide(picture: Picture, size: number): Picture {
  const { width, height } = picture;
  return width <= height
    ? resize(picture, size, Math.floor((size * height) / width))
    : resize(picture, Math.floor((size * width) / height), size);
}

/** What every output position reads: `weights[i * reach + k]` of input position `first[i] + k`, k below `count[i]`. */
interface Filter {
  reach: number;
  first: Int32Array;
  count: Int32Array;
  weights: Int32Array;
}

function filterFor(from: number, to: number): Filter {
  const scale = from / to;
  const stretch = Math.max(scale, 1); // the filter widens when shrinking, so that no input pixel is skipped
  const support = SUPPORT * stretch;
  const reach = Math.ceil(support) * 2 + 1;
  const filter = {
    reach,
    first: new Int32Array(to),
    count: new Int32Array(to),
    weights: new Int32Array(to * reach),
  };
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const count = Math.min(Math.trunc(centre + support + 0.5), from) - first;
    const exact = Array.from({ length: count }, (_, k) => bicubic((k + first - centre + 0.5) * (1 / stretch)));
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

function resizeRows({ width: from, height, data }: Picture, width: number): Picture {
  const { reach, first, count, weights } = filterFor(from, width);
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [red, green, blue] = [HALF, HALF, HALF];
      let at = (y * from + first[x]!) * 3;
      const end = x * reach + count[x]!;
      for (let k = x * reach; k < end; k++, at += 3) {
        const weight = weights[k]!;
        red += data[at]! * weight;
        green += data[at + 1]! * weight;
        blue += data[at + 2]! * weight;
      }
      const to = (y * width + x) * 3;
      out[to] = clip(red);
      out[to + 1] = clip(green);
      out[to + 2] = clip(blue);
    }
  }
  return { width, height, data: out };
}

function resizeColumns({ width, height: from, data }: Picture, height: number): Picture {
  const { reach, first, count, weights } = filterFor(from, height);
  const row = width * 3;
  const out = new Uint8Array(row * height);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * reach + k]!;
      const at = (first[y]! + k) * row;
      for (let x = 0; x < row; x++) sums[x] = sums[x]! + data[at + x]! * weight;
    }
    for (let x = 0; x < row; x++) out[y * row + x] = clip(sums[x]!);
  }
  return { width, height, data: out };
}

const HALF = 1 << (PRECISION - 1);

function clip(sum: number): number {
  const value = sum >> PRECISION;
  return Math.max(0, Math.min(value, 255));
}
