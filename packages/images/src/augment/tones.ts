import type { Picture } from '../colour.js';

/** Replaces every value of a channel: `tables[channel][value]`. */
function mapped({ width, height, data }: Picture, tables: readonly Uint8ClampedArray[]): Picture {
  const [red, green, blue] = tables as [Uint8ClampedArray, Uint8ClampedArray, Uint8ClampedArray];
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    out[i] = red[data[i]!]!;
    out[i + 1] = green[data[i + 1]!]!;
    out[i + 2] = blue[data[i + 2]!]!;
  }
  return { width, height, data: out };
}

/** The same function for all three channels; results are truncated and limited to bytes. */
function eachValue(picture: Picture, fn: (value: number) => number): Picture {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => Math.floor(fn(value)));
  return mapped(picture, [table, table, table]);
}

/** Pillow's `ImageOps.invert`. */
export const inverted = (picture: Picture): Picture => eachValue(picture, value => 255 - value);

/** Pillow's `ImageOps.posterize`: keeps the highest bits, 0 to 8, of every value. */
export const posterized = (picture: Picture, bits: number): Picture =>
  eachValue(picture, value => value & ~(2 ** (8 - bits) - 1));

/** Pillow's `ImageOps.solarize`: inverts the values from a threshold on. */
export const solarized = (picture: Picture, threshold: number): Picture =>
  eachValue(picture, value => (value < threshold ? value : 255 - value));

/** Adds to every value, then inverts those from 128 on. */
export const solarizedAfter = (picture: Picture, added: number): Picture =>
  solarized(
    eachValue(picture, value => value + added),
    128,
  );

/** Pillow's `ImageOps.autocontrast`: stretches each channel to the whole range. */
export function stretched(picture: Picture): Picture {
  const tables = histograms(picture).map(counts => {
    const low = counts.findIndex(count => count > 0);
    const high = counts.findLastIndex(count => count > 0);
    if (high <= low) return identity;
    const scale = 255 / (high - low);
    const offset = -low * scale;
    return Uint8ClampedArray.from({ length: 256 }, (_, value) => Math.trunc(value * scale + offset));
  });
  return mapped(picture, tables);
}

/** Pillow's `ImageOps.equalize`: gives each channel a flat histogram. */
export function equalized(picture: Picture): Picture {
  const tables = histograms(picture).map(counts => {
    const last = counts.findLast(count => count > 0) ?? 0;
    const step = Math.floor((picture.width * picture.height - last) / 255);
    if (step === 0) return identity;
    let before = Math.floor(step / 2);
    return Uint8ClampedArray.from(counts, count => {
      const value = Math.floor(before / step);
      before += count;
      return value;
    });
  });
  return mapped(picture, tables);
}

const identity = Uint8ClampedArray.from({ length: 256 }, (_, value) => value);

/** How often each value occurs in each channel. */
function histograms({ data }: Picture): number[][] {
  const counts = [0, 1, 2].map(() => new Array<number>(256).fill(0));
  for (let i = 0; i < data.length; i++) counts[i % 3]![data[i]!]!++;
  return counts;
}
