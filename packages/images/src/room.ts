/** Pillow's limit, a defence against small files that unpack to gigabytes. */
const MOST_PIXELS = 178_956_970;

/** Bytes per pixel while a picture is decoded, at most: colour and black, or with alpha, beside the RGB made of it. */
export const BYTES_PER_PIXEL = { rgb: 3, more: 7 };

/** Reserves memory for so many pixels of so many bytes each; may be called once for a picture. */
export type Room = (pixels: number, each: number) => Promise<void>;

/** @throws a sentence without a file name if a picture has too many pixels */
export function checkSize(width: number, height: number): void {
  if (width * height > MOST_PIXELS)
    throw new Error(`its ${width} × ${height} pixels are more than ${MOST_PIXELS.toLocaleString('en')}`);
}
