/** Pillow's limit, a defence against small files that unpack to gigabytes. */
const MOST_PIXELS = 178_956_970;

/** Maximum bytes per pixel during decoding: `more` is colour and black, or colour and alpha, plus the resulting RGB. */
export const BYTES_PER_PIXEL = { rgb: 3, more: 7 };

/** Reserves memory for a number of pixels of `each` bytes; may be called once per picture. */
export type Room = (pixels: number, each: number) => Promise<void>;

/** @throws one sentence without a file name if a picture has too many pixels */
export function checkSize(width: number, height: number): void {
  if (width * height > MOST_PIXELS)
    throw new Error(`its ${width} × ${height} pixels are more than ${MOST_PIXELS.toLocaleString('en')}`);
}
