/**
 * The palette indices of a run-length coded bitmap, row by row in stored order. As in Pillow, runs that are too long
 * end with their row, and skipped pixels are 0.
 *
 * @param start of the coded pixels in the file
 * @returns [height, width]
 * @throws one sentence without a file name if the file ends before the picture does
 */
export function runLengthIndices(
  file: Uint8Array,
  start: number,
  { width, height, coding }: { width: number; height: number; coding: 'rle8' | 'rle4' },
): Uint8Array {
  const out = new Uint8Array(width * height);
  const nibbles = coding === 'rle4';
  let at = start; // in the file
  let to = 0; // in the picture
  let x = 0;
  while (to < out.length && at + 1 < file.length) {
    const count = file[at]!;
    const value = file[at + 1]!;
    at += 2;
    if (count > 0) {
      const run = Math.min(count, Math.max(0, width - x), out.length - to);
      for (let i = 0; i < run; i++) out[to + i] = nibbles ? nibble(value, i) : value;
      to += run;
      x += run;
    } else if (value === 0) {
      to = Math.ceil(to / width) * width;
      x = 0;
    } else if (value === 1) break;
    else if (value === 2) {
      if (at + 2 > file.length) break;
      to = Math.min(out.length, to + file[at]! + file[at + 1]! * width);
      at += 2;
      x = to % width;
    } else {
      const literal = Math.min(value, out.length - to);
      const bytes = nibbles ? Math.ceil(literal / 2) : literal;
      if (at + bytes > file.length) break;
      for (let i = 0; i < literal; i++) out[to + i] = nibbles ? nibble(file[at + (i >> 1)]!, i) : file[at + i]!;
      to += literal;
      x += value;
      at += bytes;
      if (at % 2 === 1) at++; // aligned to words, counted from the start of the file
    }
  }
  if (to < out.length) throw new Error('the bitmap is cut short');
  return out;
}

const nibble = (byte: number, i: number): number => (i % 2 === 0 ? byte >> 4 : byte & 15);
