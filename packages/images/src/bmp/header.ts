/** The parts of a bitmap's header that its pixels depend on. */
export interface BmpHeader {
  width: number;
  height: number;
  /** Whether the first row is the top one; most bitmaps start at the bottom. */
  topDown: boolean;
  bits: 1 | 4 | 8 | 16 | 24 | 32;
  coding: 'plain' | 'rle8' | 'rle4';
  /** A pixel's bits for red, green and blue, if there is no palette. */
  masks: readonly [number, number, number];
  /** Start of the palette, number of entries, and bytes per entry. */
  palette: { at: number; entries: number; step: 3 | 4 };
  /** Start of the pixels. */
  start: number;
}

const [PLAIN, RLE8, RLE4, BITFIELDS, ALPHA_BITFIELDS] = [0, 1, 2, 3, 6];
/** Sizes of the headers of OS/2 1 and 2, and of Windows 3 to 5. */
const HEADER_SIZES = [12, 40, 52, 56, 64, 108, 124];
const FILE_HEADER = 14;
/** Pillow's limit. */
const MOST_ENTRIES = 65_536;

const DEFAULT_MASKS = [0xff0000, 0xff00, 0xff] as const;
const MASKS_OF_16_BITS = [0x7c00, 0x3e0, 0x1f] as const;

/**
 * Reads a bitmap's header.
 *
 * @throws one sentence without a file name if it is truncated or of an unknown kind
 */
export function readBmpHeader(file: Uint8Array): BmpHeader {
  if (file.length < 26) throw new Error('the bitmap is cut short');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const size = view.getUint32(FILE_HEADER, true);
  if (!HEADER_SIZES.includes(size)) throw new Error(`the bitmap's header of ${size} bytes is of an unknown kind`);
  if (file.length < FILE_HEADER + size) throw new Error('the bitmap is cut short');
  const old = size === 12;
  const field = (at: number) => view.getUint32(FILE_HEADER + at, true);
  const bits = view.getUint16(FILE_HEADER + (old ? 10 : 14), true);
  if (!isDepth(bits)) throw new Error(`the bitmap has ${bits} bits per pixel`);
  const compression = old ? PLAIN : field(16);
  const coding = codingOf(compression, bits);
  const hasMasks = compression === BITFIELDS || compression === ALPHA_BITFIELDS;
  if (hasMasks && file.length < FILE_HEADER + 52) throw new Error('the bitmap is cut short');
  const masks = hasMasks ? ([field(40), field(44), field(48)] as const) : defaultMasks(bits);
  const step = old ? 3 : 4;
  const entries = (old ? 0 : field(32)) || 2 ** Math.min(bits, 8);
  if (bits <= 8 && entries > MOST_ENTRIES) throw new Error(`the bitmap's palette has ${entries} entries`);
  const paletteAt = FILE_HEADER + size + (hasMasks && size === 40 ? 12 : 0);
  return {
    width: old ? view.getUint16(FILE_HEADER + 4, true) : view.getInt32(FILE_HEADER + 4, true),
    height: old ? view.getUint16(FILE_HEADER + 6, true) : Math.abs(view.getInt32(FILE_HEADER + 8, true)),
    topDown: !old && view.getInt32(FILE_HEADER + 8, true) < 0,
    bits,
    coding,
    masks: masks.every(mask => mask === 0) ? DEFAULT_MASKS : masks,
    palette: { at: paletteAt, entries: Math.min(entries, 256), step },
    start: startOf(view.getUint32(10, true), paletteAt, bits <= 8 ? entries * step : 0, size),
  };
}

const isDepth = (bits: number): bits is BmpHeader['bits'] => [1, 4, 8, 16, 24, 32].includes(bits);

function codingOf(compression: number, bits: number): BmpHeader['coding'] {
  if (compression === PLAIN) return 'plain';
  if (compression === RLE8 && bits === 8) return 'rle8';
  if (compression === RLE4 && bits === 4) return 'rle4';
  if ((compression === BITFIELDS || compression === ALPHA_BITFIELDS) && bits >= 16) return 'plain';
  throw new Error(`the bitmap has ${bits} bits per pixel and compression ${compression}, which do not match`);
}

const defaultMasks = (bits: number) => (bits === 16 ? MASKS_OF_16_BITS : DEFAULT_MASKS);

/** Start of the pixels: some writers give none, or the palette's. */
function startOf(given: number, paletteAt: number, paletteBytes: number, headerSize: number): number {
  if (given === 0 || given === FILE_HEADER + headerSize) return Math.max(given, paletteAt) + paletteBytes;
  return given;
}
