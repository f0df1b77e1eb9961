import type { Picture } from '../colour.js';
import { unpackGifCodes } from './lzw.js';

/** Whether a file starts like a GIF. */
export function looksLikeGif(file: Uint8Array): boolean {
  return /^GIF8[79]a/.test(String.fromCharCode(...file.subarray(0, 6)));
}

/**
 * Decodes the first picture of a GIF to Pillow's pixels: transparent pixels get the palette's colour, and so do pixels
 * of the screen that the picture does not cover (index 0 if no index is transparent).
 *
 * @param room checks a picture's size and reserves its memory
 * @throws one sentence without a file name if the file is damaged or truncated
 */
export async function decodeGif(
  file: Uint8Array,
  room: (width: number, height: number) => Promise<void>,
): Promise<Picture> {
  const { left, top, frameWidth, frameHeight, width, height, ...frame } = firstFrame(file);
  if (frameWidth < 1 || frameHeight < 1) throw new Error(`the GIF's picture has ${frameWidth} × ${frameHeight} pixels`);
  await room(width, height);
  const indices = new Uint8Array(width * height).fill(frame.transparent ?? 0);
  const rows = rowOrder(frameHeight, frame.interlaced);
  let x = 0;
  let y = 0;
  let to = (top + rows[0]!) * width + left;
  unpackGifCodes(file, frame.codes, index => {
    indices[to++] = index;
    if (++x < frameWidth) return true;
    x = 0;
    if (++y >= frameHeight) return false;
    to = (top + rows[y]!) * width + left;
    return true;
  });
  return { width, height, data: coloured(indices, frame.palette) };
}

interface Frame {
  /** Position and size of the picture on the screen. */
  left: number;
  top: number;
  frameWidth: number;
  frameHeight: number;
  /** Size of the screen, which grows to hold the picture. */
  width: number;
  height: number;
  interlaced: boolean;
  transparent: number | undefined;
  /** RGB; undefined if indices are levels of grey. */
  palette: Uint8Array | undefined;
  /** Start of the pixels' codes. */
  codes: number;
}

function firstFrame(file: Uint8Array): Frame {
  const word = (at: number) => file[at]! | (file[at + 1]! << 8);
  const tableOf = (flags: number, at: number) =>
    flags & 0x80 ? file.subarray(at, at + (3 << ((flags & 7) + 1))) : undefined;
  const screenTable = tableOf(file[10]!, 13);
  let at = 13 + (screenTable?.length ?? 0);
  let transparent: number | undefined;
  while (at < file.length && file[at] !== 0x3b) {
    const kind = file[at++]!;
    if (kind === 0x2c) {
      if (at + 10 > file.length) break;
      const [left, top, frameWidth, frameHeight] = [word(at), word(at + 2), word(at + 4), word(at + 6)];
      const flags = file[at + 8]!;
      const table = tableOf(flags, at + 9);
      return {
        ...{ left, top, frameWidth, frameHeight, transparent },
        width: Math.max(word(6), left + frameWidth),
        height: Math.max(word(8), top + frameHeight),
        interlaced: (flags & 0x40) !== 0,
        palette: table ?? screenTable,
        codes: at + 9 + (table?.length ?? 0),
      };
    }
    if (kind !== 0x21) continue;
    if (file[at] === 0xf9 && file[at + 1]! >= 4 && file[at + 2]! & 1) transparent = file[at + 5];
    at++;
    while (at < file.length && file[at] !== 0) at += file[at]! + 1;
    at++;
  }
  throw new Error('the GIF has no picture');
}

/** The rows of a picture in stored order. */
function rowOrder(height: number, interlaced: boolean): number[] {
  const passes = interlaced ? [0, 4, 2, 1] : [0];
  const steps = interlaced ? [8, 8, 4, 2] : [1];
  const rows: number[] = [];
  for (const [i, first] of passes.entries()) for (let y = first; y < height; y += steps[i]!) rows.push(y);
  return rows;
}

function coloured(indices: Uint8Array, palette: Uint8Array | undefined): Uint8Array {
  const colours = Uint8Array.from({ length: 768 }, (_, i) => (palette ? (palette[i] ?? 0) : Math.floor(i / 3)));
  const data = new Uint8Array(indices.length * 3);
  for (let i = 0, to = 0; i < indices.length; i++, to += 3) {
    const from = indices[i]! * 3;
    data[to] = colours[from]!;
    data[to + 1] = colours[from + 1]!;
    data[to + 2] = colours[from + 2]!;
  }
  return data;
}
