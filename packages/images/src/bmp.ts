import { decode } from 'bmp-ts';
import type { Picture } from './colour.js';

/** Whether a file starts like a Windows bitmap. */
export function looksLikeBmp(file: Uint8Array): boolean {
  return file[0] === 0x42 && file[1] === 0x4d;
}

/** Pixels per byte, at most: run-length coding packs 255 pixels into two bytes. */
const MOST_PACKED = 128;

/**
 * Decodes a Windows bitmap and drops its alpha.
 *
 * @throws a sentence without a file name if the header does not match the file, or has more than `mostPixels` pixels
 */
export async function decodeBmp(
  file: Uint8Array,
  mostPixels: number,
  reserve: (pixels: number) => Promise<void>,
): Promise<Picture> {
  if (file.length < 26) throw new Error('the bitmap is cut short');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(14, true) < 40) throw new Error('the bitmap is older than Windows 3');
  if (file.length < 54) throw new Error('the bitmap is cut short');
  const width = view.getInt32(18, true);
  const height = Math.abs(view.getInt32(22, true));
  if (width < 1 || height < 1) throw new Error(`the bitmap has ${width} × ${height} pixels`);
  const pixels = width * height;
  if (pixels > mostPixels)
    throw new Error(`its ${width} × ${height} pixels are more than ${mostPixels.toLocaleString('en')}`);
  if (pixels > file.length * MOST_PACKED) throw new Error('the bitmap is cut short');
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const start = view.getUint32(10, true);
  const rowBytes = Math.floor((bits * width + 31) / 32) * 4;
  if (compression === 0 && start + rowBytes * height > file.length) throw new Error('the bitmap is cut short');
  await reserve(pixels);
  const data = pixelsOf(file);
  if (data.length !== pixels * 4) throw new Error('the bitmap is damaged');
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) out[i * 3 + c] = data[i * 4 + 3 - c]!;
  return { width, height, data: out };
}

/**
 * The library's pixels, four bytes each in the order alpha, blue, green, red: its RGBA is wrong for bitmaps with a
 * palette.
 */
function pixelsOf(file: Uint8Array): Uint8Array {
  try {
    return decode(Buffer.from(file.buffer, file.byteOffset, file.byteLength)).data;
  } catch (cause) {
    throw new Error('the bitmap is damaged', { cause });
  }
}
