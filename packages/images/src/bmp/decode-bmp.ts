import type { Picture } from '../colour.js';
import { checkSize } from '../library.js';
import { type BmpHeader, readBmpHeader } from './header.js';
import { runLengthIndices } from './run-length.js';

/** Whether a file starts like a bitmap. */
export function looksLikeBmp(file: Uint8Array): boolean {
  return file[0] === 0x42 && file[1] === 0x4d;
}

/** Maximum pixels per byte: run-length coding packs 255 pixels into two bytes. */
const MOST_PACKED = 128;

/**
 * Decodes a Windows or OS/2 bitmap to Pillow's pixels and drops its alpha: with a palette of 1, 4 or 8 bits, also
 * run-length coded, or with 16, 24 or 32 bits and any masks.
 *
 * @param room checks a picture's size and reserves its memory
 * @throws one sentence without a file name if the header does not match the file, or there are too many pixels
 */
export async function decodeBmp(
  file: Uint8Array,
  room: (width: number, height: number) => Promise<void>,
): Promise<Picture> {
  const header = readBmpHeader(file);
  const { width, height, bits, coding, start } = header;
  if (width < 1 || height < 1) throw new Error(`the bitmap has ${width} × ${height} pixels`);
  const pixels = width * height;
  checkSize(width, height);
  if (pixels > file.length * MOST_PACKED) throw new Error('the bitmap is cut short');
  const rowBytes = Math.floor((bits * width + 31) / 32) * 4;
  const lastRow = Math.ceil((bits * width) / 8); // the padding may be missing
  if (coding === 'plain' && start + rowBytes * (height - 1) + lastRow > file.length)
    throw new Error('the bitmap is cut short');
  await room(width, height);
  const data = new Uint8Array(pixels * 3);
  const writeRow = bits > 8 ? colourRow(header) : paletteRow(file, header);
  const indices = coding === 'plain' ? undefined : runLengthIndices(file, start, { width, height, coding });
  for (let row = 0; row < height; row++) {
    const out = data.subarray((header.topDown ? row : height - 1 - row) * width * 3).subarray(0, width * 3);
    if (indices) writeRow(indices, row * width, out, 8);
    else writeRow(file, start + row * rowBytes, out, bits);
  }
  return { width, height, data };
}

/** Writes a row of RGB from the stored row that starts at `at`. */
type WriteRow = (from: Uint8Array, at: number, out: Uint8Array, bits: number) => void;

function paletteRow(file: Uint8Array, { palette: { at: first, entries, step } }: BmpHeader): WriteRow {
  if (first + entries * step > file.length) throw new Error('the bitmap is cut short');
  const colours = new Uint8Array(256 * 3); // black beyond the palette
  for (let i = 0; i < entries; i++) for (let c = 0; c < 3; c++) colours[i * 3 + c] = file[first + i * step + 2 - c]!;
  return (from, at, out, bits) => {
    const each = 8 / bits;
    const mask = 2 ** bits - 1;
    for (let x = 0, to = 0; to < out.length; x++, to += 3) {
      const index = (from[at + Math.floor(x / each)]! >> (8 - bits - (x % each) * bits)) & mask;
      out[to] = colours[index * 3]!;
      out[to + 1] = colours[index * 3 + 1]!;
      out[to + 2] = colours[index * 3 + 2]!;
    }
  };
}

function colourRow({ bits, masks }: BmpHeader): WriteRow {
  const bytes = bits / 8;
  const parts = masks.map(mask => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: mask === 0 ? 1 : mask >>> shift };
  });
  return (from, at, out) => {
    for (let to = 0; to < out.length; to += 3, at += bytes) {
      let pixel = 0;
      for (let i = bytes - 1; i >= 0; i--) pixel = (pixel << 8) | from[at + i]!;
      for (let c = 0; c < 3; c++) {
        const { mask, shift, most } = parts[c]!;
        out[to + c] = Math.floor((((pixel & mask) >>> shift) * 255) / most); // rounded down, as in Pillow
      }
    }
  };
}
