import sharp from 'sharp';

/** An image in memory: 8-bit RGB, row by row. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array; // [height, width, 3]
}

/** Most pixels of an image, as many as Pillow opens: a larger one is more likely a mistake, and would take gigabytes. */
export const maxPixels = 178_956_970;

/** An image file by its path, or its encoded bytes. */
export type ImageSource = string | Uint8Array;

/**
 * Decodes an image file (JPEG, PNG, WebP, GIF, TIFF, …) to RGB as `PIL.Image.open(file).convert('RGB')` does: alpha is dropped,
 * not blended; colour profiles and the orientation tag are left alone.
 * @throws one sentence naming the file if it is missing, empty, cut short, of more than `maxPixels` pixels or no image
 */
export async function decode(source: ImageSource): Promise<Picture> {
  try {
    const { data, info } = await sharp(source, { failOn: 'error', ignoreIcc: true, limitInputPixels: maxPixels })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    throw unreadable(source, cause);
  }
}

/** The sentence for a file that sharp refuses. */
export function unreadable(source: ImageSource, cause: unknown): Error {
  return new Error(`${nameOf(source)} cannot be read as an image: ${reason(cause)}.`, { cause });
}

function nameOf(source: ImageSource): string {
  return typeof source === 'string' ? source : `The image of ${source.byteLength} bytes`;
}

function reason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/missing/i.test(message)) return 'there is no such file';
  if (/empty/i.test(message)) return 'the file is empty';
  if (/pixel limit|exceeds/i.test(message)) return 'it has more than 178 million pixels; make it smaller first';
  return message.split('\n')[0]!.replace(/\.$/, '');
}
