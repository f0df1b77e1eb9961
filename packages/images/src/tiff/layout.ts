import type { Directory } from './directory.js';

/** How the pixels of a TIFF are stored. */
export interface Layout {
  littleEndian: boolean;
  width: number;
  height: number;
  orientation: number;
  photometric: number;
  compression: number;
  predictor: number;
  /** Bits per sample, the same for all. */
  bits: number;
  /** 1 unsigned, 2 signed, 3 floating-point. */
  format: number;
  samples: number;
  /** The first sample beyond the colour: 0 unspecified, 1 premultiplied alpha, 2 alpha; undefined if there is none. */
  extra: number | undefined;
  /** Whether every sample has its own segments. */
  planar: boolean;
  /** Size of a strip or tile in pixels, and their positions. */
  segment: { width: number; height: number; offsets: number[]; bytes: number[] | undefined };
  /** Whether the lowest bit of a byte comes first. */
  reversed: boolean;
  palette: number[] | undefined;
  /**
   * Pixels that share one pair of colour values, across and down. Default: 2 and 2, or 1 and 1 without compression.
   */
  subsampling: readonly [number, number];
}

/** Tags of the directory. */
const tag = {
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  predictor: 317,
  palette: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  extra: 338,
  format: 339,
  subsampling: 530,
};

/** Pixels that a tile may have in addition to four times the picture's. */
const MOST_BEYOND = 2 ** 22;

/**
 * The layout that a directory describes; undefined if it has no size, no pixels, or samples of different kinds.
 *
 * @throws one sentence without a file name if tiles are far larger than the picture
 */
export function layoutOf({ littleEndian, numbers }: Directory): Layout | undefined {
  const first = (name: keyof typeof tag) => numbers(tag[name])?.[0];
  const [width, height] = [first('width'), first('height')];
  if (!isSize(width) || !isSize(height)) return undefined;
  const compression = first('compression') ?? 1;
  const bits = numbers(tag.bits) ?? [1];
  const formats = numbers(tag.format) ?? [1];
  const isOldJpeg = compression === 6;
  const samples = first('samples') ?? (isOldJpeg ? 3 : 1);
  if (!isSame(bits.slice(0, samples)) || !isSame(formats)) return undefined;
  const tileOffsets = numbers(tag.tileOffsets);
  const stripOffsets = numbers(tag.stripOffsets);
  const offsets = stripOffsets ?? tileOffsets;
  const isTiled = stripOffsets === undefined || (compression !== 1 && numbers(tag.tileWidth) !== undefined);
  const segmentWidth = isTiled ? first('tileWidth') : width;
  const segmentHeight = isTiled ? first('tileHeight') : Math.min(first('rowsPerStrip') ?? height, height);
  if (!offsets || !isSize(segmentWidth) || !isSize(segmentHeight)) return undefined;
  if (segmentWidth * segmentHeight > 4 * width * height + MOST_BEYOND)
    throw new Error(`the TIFF has tiles of ${segmentWidth} × ${segmentHeight} pixels, far larger than the picture`);
  const unsaid = compression === 1 ? 1 : 2;
  const [across = unsaid, down = unsaid] = numbers(tag.subsampling) ?? [];
  return {
    ...{ littleEndian, width, height, compression, samples },
    orientation: first('orientation') ?? 1,
    photometric: isOldJpeg ? 6 : (first('photometric') ?? 0),
    predictor: first('predictor') ?? 1,
    bits: bits[0]!,
    format: formats[0]!,
    extra: numbers(tag.extra)?.[0],
    planar: first('planar') === 2 && samples > 1,
    segment: {
      ...{ width: segmentWidth, height: segmentHeight, offsets },
      bytes: stripOffsets ? numbers(tag.stripBytes) : numbers(tag.tileBytes),
    },
    reversed: first('fillOrder') === 2,
    palette: numbers(tag.palette),
    subsampling: [across, down],
  };
}

const isSize = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value > 0;

const isSame = (values: number[]): boolean => values.every(value => value === values[0]);
