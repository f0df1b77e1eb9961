import { inflated } from './inflate.js';

/** Whether a compression is unpacked here rather than by the library. */
export const isUnpacked = (compression: number): boolean => [1, 5, 8, 32773, 32946].includes(compression);

/** Whether a compression heeds the predictor: LZW and deflate do, PackBits ignores it as in libtiff. */
export const hasPredictor = (compression: number): boolean => [5, 8, 32946].includes(compression);

/**
 * Unpacks one strip or tile.
 *
 * @param needed unpacked bytes that hold pixels of the picture
 * @param size in bytes when unpacked
 * @throws one sentence without a file name if the data are damaged, or fewer than needed
 */
export function unpackSegment(packed: Uint8Array, compression: number, needed: number, size: number): Uint8Array {
  const unpacked = unpackers[compression]!(packed, size);
  if (unpacked.length < needed) throw new Error('the TIFF is cut short');
  return unpacked;
}

const unpackers: Record<number, (packed: Uint8Array, size: number) => Uint8Array> = {
  1: packed => packed,
  5: unpackLzw,
  8: inflate,
  32946: inflate,
  32773: unpackBits,
};

/** Room for bytes that some writers add after the pixels. */
const BEHIND = 65_536;

function inflate(packed: Uint8Array, size: number): Uint8Array {
  try {
    return inflated(packed, size + BEHIND);
  } catch (cause) {
    throw new Error('the TIFF is damaged', { cause });
  }
}

function unpackBits(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let to = 0;
  for (let at = 0; at + 1 < packed.length && to < size; ) {
    const count = packed[at++]!;
    if (count < 128) {
      const literal = packed.subarray(at, at + Math.min(count + 1, size - to));
      out.set(literal, to);
      to += literal.length;
      at += count + 1;
    } else if (count > 128) {
      const end = Math.min(to + 257 - count, size);
      out.fill(packed[at++]!, to, end);
      to = end;
    }
  }
  return out.subarray(0, to);
}

const [CLEAR, END, FIRST, MOST] = [256, 257, 258, 4096];

/** Whether LZW codes start with their lowest bit, as in early writers. */
export const isOldLzw = (packed: Uint8Array): boolean => packed[0] === 0 && (packed[1]! & 1) === 1;

function unpackLzw(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const start = new Int32Array(MOST); // position of a code's string in `out`, and its length
  const length = new Int32Array(MOST);
  let [to, free, width, held, count, previous] = [0, FIRST, 9, 0, 0, -1];
  for (let at = 0; to < size; ) {
    while (count < width && at < packed.length) {
      held = ((held << 8) | packed[at++]!) & 0xffffff;
      count += 8;
    }
    if (count < width) break;
    const code = (held >>> (count - width)) & ((1 << width) - 1);
    count -= width;
    if (code === END) break;
    if (code === CLEAR) {
      [free, width, previous] = [FIRST, 9, -1];
      continue;
    }
    const string = to;
    if (code < CLEAR) out[to++] = code;
    else {
      if (previous < 0 || code > free || code >= MOST || (code === free && free < FIRST)) throw damaged();
      const isNew = code === free;
      const from = isNew ? previous : start[code]!;
      const end = Math.min(size, to + (isNew ? string - previous + 1 : length[code]!));
      for (let i = from; to < end; ) out[to++] = out[i++]!; // the last byte of a new code is written by this loop
    }
    if (previous >= 0 && free < MOST) {
      start[free] = previous;
      length[free] = string - previous + 1; // the previous string and the first byte of this one, which follows it
      free++;
      if (free >= (1 << width) - 1 && width < 12) width++;
    }
    previous = string;
  }
  return out.subarray(0, to);
}

const damaged = (): Error => new Error('the TIFF is damaged');

/** Sums differences to values in place, of bytes or words, row by row. */
export function undoPredictor(
  data: Uint8Array,
  { bits, samples, width, littleEndian }: { bits: number; samples: number; width: number; littleEndian: boolean },
): void {
  const bytes = bits / 8;
  const row = width * samples * bytes;
  const [low, high] = littleEndian ? [0, bytes - 1] : [bytes - 1, 0];
  const step = low < high ? 1 : -1;
  for (let start = 0; start + row <= data.length; start += row) {
    for (let i = samples; i < width * samples; i++) {
      const at = start + i * bytes;
      const before = at - samples * bytes;
      let carry = 0;
      for (let byte = low, left = bytes; left > 0; byte += step, left--) {
        carry += data[at + byte]! + data[before + byte]!;
        data[at + byte] = carry;
        carry >>= 8;
      }
    }
  }
}

/** Restores floating-point numbers whose bytes were sorted by significance and replaced with differences. */
export function undoFloatPredictor(
  data: Uint8Array,
  { bits, samples, width, littleEndian }: { bits: number; samples: number; width: number; littleEndian: boolean },
): void {
  const bytes = bits / 8;
  const values = width * samples;
  const sorted = new Uint8Array(values * bytes);
  for (let start = 0; start + sorted.length <= data.length; start += sorted.length) {
    for (let i = 0; i < sorted.length; i++) sorted[i] = data[start + i]! + (i < samples ? 0 : sorted[i - samples]!);
    for (let i = 0; i < values; i++)
      for (let byte = 0; byte < bytes; byte++)
        data[start + i * bytes + (littleEndian ? bytes - 1 - byte : byte)] = sorted[byte * values + i]!;
  }
}
