import { readFile } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import { decodeBmp, looksLikeBmp } from './bmp.js';
import { cmykToRgb, greyToRgb, type Picture } from './colour.js';
import { gifTransparent } from './gif-transparent.js';

export type { Picture } from './colour.js';

/** An image file by its path, or its encoded bytes. */
export type ImageSource = string | Uint8Array;

/** How to decode an image. */
export interface DecodeOptions {
  /** Apply the EXIF orientation; default false, as in Pillow's `open` and the published code. */
  orientation?: boolean;
}

/** Pillow's limit, a defence against small files that unpack to gigabytes. */
const MOST_PIXELS = 178_956_970;

/**
 * Decodes an image file (JPEG, PNG, WebP, GIF, TIFF, BMP, …) to RGB like `PIL.Image.open(file).convert('RGB')`: alpha
 * is dropped, not blended; 16-bit colour keeps the upper eight bits, while 16-bit grey is clipped at 255; CMYK becomes
 * RGB by Pillow's formula; animations give their first picture; colour profiles and, by default, the orientation tag
 * are ignored.
 *
 * @throws one sentence naming the file if it is missing, empty, truncated, too large (178,956,970 pixels) or not an
 *   image
 *
 * @example
 * ```ts
 * import { decode } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="red"/></svg>';
 * const picture = await decode(new TextEncoder().encode(svg));
 * console.log(picture.width, picture.height, picture.data.length); // 8 6 144
 * ```
 */
export async function decode(source: ImageSource, { orientation = false }: DecodeOptions = {}): Promise<Picture> {
  try {
    const bytes = typeof source === 'string' ? await readFile(source) : source;
    if (bytes.length === 0) throw new Error('the file is empty');
    if (looksLikeBmp(bytes)) return decodeBmp(bytes, MOST_PIXELS);
    const { default: sharp } = await import('sharp'); // loaded on first use: programs without images do not need it
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
