/** Writes the RGB of a luma and two chroma values. */
export type WriteColour = (y: number, cb: number, cr: number, out: Uint8Array, to: number) => void;

/** Fractional bits of the two integer formulas. */
const [PILLOW_BITS, TIFF_BITS] = [6, 16];

/** Pillow's own conversion, for uncompressed TIFFs: JPEG's formula, with tables of six fractional bits. */
export function pillowColour(): WriteColour {
  const table = (factor: number) =>
    Int32Array.from({ length: 256 }, (_, i) => Math.trunc(factor * (i - 128) * 2 ** PILLOW_BITS + 0.5));
  const [red, greenOfCb, greenOfCr, blue] = [table(1.402), table(-0.34414), table(-0.71414), table(1.772)];
  return (y, cb, cr, out, to) => {
    out[to] = byte(y + (red[cr]! >> PILLOW_BITS));
    out[to + 1] = byte(y + ((greenOfCb[cb]! + greenOfCr[cr]!) >> PILLOW_BITS));
    out[to + 2] = byte(y + (blue[cb]! >> PILLOW_BITS));
  };
}

/** The weights of red, green and blue in the luma, and the stored values of black and white. */
export interface ColourReference {
  weights: number[];
  blackAndWhite: number[];
}

/** Libtiff's conversion, which Pillow uses for compressed TIFFs. */
export function tiffColour({ weights: [red, green, blue] = [], blackAndWhite }: ColourReference): WriteColour {
  const [yBlack, yWhite, cbBlack, cbWhite, crBlack, crWhite] = blackAndWhite;
  const fixed = (factor: number) => Math.trunc(Math.min(Math.max(factor, 0), 2) * 2 ** TIFF_BITS + 0.5);
  const f = Math.fround;
  const [ofRed, ofBlue] = [f(2 - f(2 * f(red!))), f(2 - f(2 * f(blue!)))];
  const crToRed = fixed(ofRed);
  const crToGreen = -fixed(f(f(f(red!) * ofRed) / f(green!)));
  const cbToBlue = fixed(ofBlue);
  const cbToGreen = -fixed(f(f(f(blue!) * ofBlue) / f(green!)));
  const value = (code: number, black: number, white: number, range: number) =>
    Math.trunc(Math.min(Math.max(f(f(f(code - Math.trunc(black)) * range) / (f(white - black) || 1)), -4096), 4096));
  const table = (make: (i: number) => number) => Int32Array.from({ length: 256 }, (_, i) => make(i));
  const half = 2 ** (TIFF_BITS - 1);
  const cbOf = table(i => value(i - 128, cbBlack! - 128, cbWhite! - 128, 127));
  const crOf = table(i => value(i - 128, crBlack! - 128, crWhite! - 128, 127));
  const yOf = table(i => value(i, yBlack!, yWhite!, 255));
  return (y, cb, cr, out, to) => {
    out[to] = byte(yOf[y]! + ((crToRed * crOf[cr]! + half) >> TIFF_BITS));
    out[to + 1] = byte(yOf[y]! + ((cbToGreen * cbOf[cb]! + half + crToGreen * crOf[cr]!) >> TIFF_BITS));
    out[to + 2] = byte(yOf[y]! + ((cbToBlue * cbOf[cb]! + half) >> TIFF_BITS));
  };
}

/**
 * Samples of every pixel, from blocks of pixels that share a pair of chroma values: the luma of each pixel, row by row,
 * then the pair.
 *
 * @returns [rows, width, 3]
 * @throws one sentence without a file name if there are too few
 */
export function spreadColour(
  blocks: Uint8Array,
  width: number,
  rows: number,
  [across, down]: readonly [number, number],
): Uint8Array {
  const each = across * down;
  const line = Math.ceil(width / across) * (each + 2);
  if (line * Math.ceil(rows / down) > blocks.length) throw new Error('the TIFF is cut short');
  const out = new Uint8Array(rows * width * 3);
  for (let y = 0, to = 0; y < rows; y++)
    for (let x = 0; x < width; x++, to += 3) {
      const block = Math.floor(y / down) * line + Math.floor(x / across) * (each + 2);
      out[to] = blocks[block + (y % down) * across + (x % across)]!;
      out[to + 1] = blocks[block + each]!;
      out[to + 2] = blocks[block + each + 1]!;
    }
  return out;
}

/** The reference in a TIFF's directory, by default JPEG's weights and the full range. */
export function colourReference(numbers: (tag: number) => number[] | undefined): ColourReference {
  const weights = numbers(529);
  const blackAndWhite = numbers(532);
  return {
    weights: weights?.length === 3 && weights.every(w => w > 0) ? weights : [0.299, 0.587, 0.114],
    blackAndWhite: blackAndWhite?.length === 6 ? blackAndWhite : [0, 255, 128, 255, 128, 255],
  };
}

const byte = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);
