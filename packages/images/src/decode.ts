import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { decodeBmp, looksLikeBmp } from './bmp.js';
import { cmykToRgb, greyToRgb, type Picture } from './colour.js';
import { gifTransparent } from './gif-transparent.js';

export type { Picture } from './colour.js';

/** An image file by its path, or its encoded bytes. */
export type ImageSource = string | Uint8Array;

export interface DecodeOptions {
  /** Turn the picture as its EXIF tag says. Default: false, as Pillow's plain `open` and so the published code leave it. */
  orientation?: boolean;
}

/** Pillow refuses larger pictures too, as a defence against small files that unpack to gigabytes. */
const MOST_PIXELS = 178_956_970;

/**
 * Decodes an image file (JPEG, PNG, WebP, GIF, TIFF, BMP, …) to RGB as `PIL.Image.open(file).convert('RGB')` does: alpha is dropped, not
 * blended; of 16 bits of colour the upper eight count, while 16-bit grey is cut off at 255; CMYK becomes RGB by Pillow's formula; of moving
 * pictures the first is taken; colour profiles and, unless asked for, the orientation tag are left alone.
 * @throws one sentence naming the file if it is missing, empty, cut short, too large (178,956,970 pixels) or no image
 */
export async function decode(source: ImageSource, { orientation = false }: DecodeOptions = {}): Promise<Picture> {
  try {
    const bytes = typeof source === 'string' ? await readFile(source) : source;
    if (bytes.length === 0) throw new Error('the file is empty');
    if (looksLikeBmp(bytes)) return decodeBmp(bytes, MOST_PIXELS);
    const { default: sharp } = await import('sharp'); // only now: programs that look at no image need not load it
    const image = sharp(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels: false });
    const { width, height, space, format, hasAlpha } = await image.metadata();
    if (width * height > MOST_PIXELS)
      throw new Error(`its ${width} × ${height} pixels are more than ${MOST_PIXELS.toLocaleString('en')}`);
    if (orientation) image.autoOrient();
    if (space === 'cmyk') return cmykToRgb(await raw(image.pipelineColourspace('cmyk').toColourspace('cmyk'), 'uchar'));
    if (space === 'grey16') return greyToRgb(await raw(image.removeAlpha().toColourspace('grey16'), 'ushort'));
    if (format === 'gif' && hasAlpha) return gifTransparent(await raw(image.toColourspace('srgb'), 'uchar'), bytes);
    return await raw(image.removeAlpha().toColourspace('srgb'), 'uchar');
  } catch (cause) {
    throw new Error(`${nameOf(source)} cannot be read as an image: ${reason(cause)}.`, { cause });
  }
}

async function raw(image: Sharp, depth: 'uchar' | 'ushort'): Promise<Picture> {
  const { data, info } = await image.raw({ depth }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function nameOf(source: ImageSource): string {
  return typeof source === 'string' ? source : `The image of ${source.byteLength} bytes`;
}

function reason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  return message.split('\n')[0]!.replace(/\.$/, '');
}
