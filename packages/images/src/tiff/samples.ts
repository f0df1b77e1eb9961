import type { Layout } from './layout.js';
import { hasPredictor, isOldLzw, isUnpacked, undoFloatPredictor, undoPredictor, unpackSegment } from './unpack.js';
import { spreadColour } from './ycbcr.js';

/** Reads one stored sample as a byte. */
type ReadSample = (view: DataView, at: number) => number;

/** How pixels of a kind become bytes. */
export interface Kind {
  colour: 'grey' | 'negative' | 'rgb' | 'premultiplied' | 'palette' | 'cmyk' | 'ycbcr' | 'lab';
  /** Number of samples per pixel to read; further samples are skipped. */
  channels: number;
  read: ReadSample;
}

const clipped = (value: number): number => (value >= 255 ? 255 : value > 0 ? Math.trunc(value) : 0);

/**
 * The kind of a layout's pixels, as in Pillow: numbers of more than eight bits are clipped if grey, and lose their
 * lower bytes if colour. Undefined if left to the library.
 */
export function kindOf(layout: Layout): Kind | undefined {
  const { photometric, bits, format, samples, extra, reversed, littleEndian, compression, subsampling } = layout;
  if (!isUnpacked(compression) || reversed || ![8, 12, 16, 32].includes(bits)) return undefined;
  const byte: ReadSample = (view, at) => view.getUint8(at);
  const upper: ReadSample = bits === 8 ? byte : (view, at) => view.getUint8(littleEndian ? at + 1 : at);
  const isColour = (bits === 8 || bits === 16) && format === 1;
  const colours = photometric === 5 ? 4 : 3;
  const premultiplied = extra === 1 && samples > colours;
  if (photometric <= 1) {
    const read = bits === 8 ? byte : numberReader(layout);
    const fits = bits === 8 ? samples === 1 || extra !== 1 : samples === 1;
    if (!read || !fits || format > 3 || (bits === 8 && format === 3)) return undefined;
    return { colour: photometric === 0 && bits === 8 && format === 1 ? 'negative' : 'grey', channels: 1, read };
  }
  if (photometric === 2 && isColour && samples >= 3)
    return { colour: premultiplied ? 'premultiplied' : 'rgb', channels: premultiplied ? 4 : 3, read: upper };
  if (photometric === 3 && isColour && bits === 8) return { colour: 'palette', channels: 1, read: byte };
  if (photometric === 5 && isColour && samples >= 4) return { colour: 'cmyk', channels: 4, read: upper };
  if (photometric === 8 && isColour && bits === 8 && samples >= 3) return { colour: 'lab', channels: 3, read: byte };
  const shares = subsampling.every(n => n === 1 || n === 2 || n === 4) && (samples === 3 || !isShared(layout));
  if (photometric === 6 && isColour && bits === 8 && samples >= 3 && shares && !(layout.planar && isShared(layout)))
    return { colour: 'ycbcr', channels: 3, read: byte };
  return undefined;
}

/** Whether several pixels share their colour values. */
const isShared = ({ photometric, subsampling }: Layout): boolean => photometric === 6 && subsampling.some(n => n !== 1);

/** Pillow reads unsigned 32-bit numbers as signed. */
function numberReader({ bits, format, littleEndian: little }: Layout): ReadSample | undefined {
  if (bits === 12 && format === 1) return (view, at) => clipped(view.getUint16(at));
  if (bits === 16 && format === 1) return (view, at) => clipped(view.getUint16(at, little));
  if (bits === 16 && format === 2) return (view, at) => clipped(view.getInt16(at, little));
  if (bits === 32 && format <= 2) return (view, at) => clipped(view.getInt32(at, little));
  if (bits === 32 && format === 3) return (view, at) => clipped(view.getFloat32(at, little));
  return undefined;
}

/** Maximum bytes that one byte of a file unpacks to: LZW's longest strings. */
const MOST_PACKED = 4096;

/**
 * The samples of a picture as bytes.
 *
 * @param reserve called with the size of one segment, before any is unpacked
 * @returns [height, width, channels]; undefined if in an obsolete coding, which is left to the library
 * @throws one sentence without a file name if the file is damaged or truncated
 */
export async function readSamples(
  file: Uint8Array,
  layout: Layout,
  { channels, read }: Kind,
  reserve: (bytes: number) => Promise<void>,
): Promise<Uint8Array | undefined> {
  const { width, height, bits, samples, planar, segment, compression } = layout;
  const [across, down] = [Math.ceil(width / segment.width), Math.ceil(height / segment.height)];
  const sampleBytes = Math.ceil(bits / 8);
  const stored = planar ? 1 : samples;
  const segmentRow = Math.ceil((segment.width * stored * bits) / 8);
  if (segmentRow * segment.height > file.length * MOST_PACKED) throw new Error('the TIFF is cut short');
  if (width * height > file.length * MOST_PACKED) throw new Error('the TIFF is cut short');
  if (compression === 5 && isOldLzw(segmentOf(file, layout, 0))) return undefined;
  await reserve(segmentRow * segment.height);
  const out = new Uint8Array(width * height * channels);
  for (let plane = 0; plane < (planar ? channels : 1); plane++)
    for (let i = 0; i < across * down; i++) {
      const [left, top] = [(i % across) * segment.width, Math.floor(i / across) * segment.height];
      const rows = Math.min(segment.height, height - top);
      const packed = segmentOf(file, layout, plane * across * down + i);
      const size = segmentRow * segment.height;
      const needed = isShared(layout) ? 0 : segmentRow * rows;
      const unpacked = unpackSegment(packed, compression, needed, size + (isShared(layout) ? 4 * segmentRow : 0));
      if (hasPredictor(compression)) undo(unpacked, layout, stored);
      const bytes = isShared(layout)
        ? spreadColour(unpacked, segment.width, rows, layout.subsampling)
        : bits === 12
          ? widened(unpacked, segmentRow, rows, segment.width * stored)
          : unpacked;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const columns = Math.min(segment.width, width - left);
      const together = planar ? 1 : channels;
      for (let y = 0; y < rows; y++) {
        let to = ((top + y) * width + left) * channels + plane;
        let at = y * segment.width * stored * sampleBytes;
        if (bits === 8 && together === stored && together === channels) {
          out.set(bytes.subarray(at, at + columns * channels), to);
          continue;
        }
        for (let x = 0; x < columns; x++, to += channels, at += stored * sampleBytes) {
          if (bits === 8) for (let c = 0; c < together; c++) out[to + c] = bytes[at + c]!;
          else for (let c = 0; c < together; c++) out[to + c] = read(view, at + c * sampleBytes);
        }
      }
    }
  return out;
}

/** 12-bit samples as two bytes each, upper byte first. */
function widened(packed: Uint8Array, row: number, rows: number, samples: number): Uint8Array {
  const out = new Uint8Array(rows * samples * 2);
  for (let y = 0, to = 0; y < rows; y++)
    for (let i = 0; i < samples; i++, to += 2) {
      const at = y * row + ((i * 3) >> 1);
      const value =
        i % 2 === 0 ? (packed[at]! << 4) | (packed[at + 1]! >> 4) : ((packed[at]! & 15) << 8) | packed[at + 1]!;
      out[to] = value >> 8;
      out[to + 1] = value;
    }
  return out;
}

/** The packed bytes of a strip or tile. @throws if the file does not have them */
export function segmentOf(file: Uint8Array, { segment, compression }: Layout, i: number): Uint8Array {
  const start = segment.offsets[i];
  const length = compression === 1 ? undefined : segment.bytes?.[i];
  if (start === undefined || start >= file.length) throw new Error('the TIFF is cut short');
  return file.subarray(start, length === undefined ? undefined : start + length);
}

function undo(bytes: Uint8Array, { predictor, bits, segment, littleEndian }: Layout, samples: number): void {
  const about = { bits, samples, width: segment.width, littleEndian };
  if (predictor === 1) return;
  if (bits === 12) throw new Error('the TIFF has differences of twelve bits');
  if (predictor === 2) undoPredictor(bytes, about);
  else if (predictor === 3) undoFloatPredictor(bytes, about);
  else throw new Error(`the TIFF's predictor ${predictor} is unknown`);
}
