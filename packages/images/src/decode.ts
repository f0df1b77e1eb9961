import sharp from 'sharp';

/** An image in memory: 8-bit RGB, row by row. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array; // [height, width, 3]
}

/** An image file by its path, or its encoded bytes. */
export type ImageSource = string | Uint8Array;

/**
 * Decodes an image file (JPEG, PNG, WebP, GIF, TIFF, …) to RGB as `PIL.Image.open(file).convert('RGB')` does: alpha is dropped,
 * not blended; colour profiles and the orientation tag are left alone.
 * @throws one sentence naming the file if it is missing, empty, cut short or no image
 */
export async function decode(source: ImageSource): Promise<Picture> {
  try {
    const { data, info } = await sharp(source, { failOn: 'error', ignoreIcc: true, limitInputPixels: false })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    throw new Error(`${nameOf(source)} cannot be read as an image: ${reason(cause)}.`, { cause });
  }
}

function nameOf(source: ImageSource): string {
  return typeof source === 'string' ? source : `The image of ${source.byteLength} bytes`;
}

function reason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/missing/i.test(message)) return 'there is no such file';
  if (/empty/i.test(message)) return 'the file is empty';
  return message.split('\n')[0]!.replace(/\.$/, '');
}
