import { errorCode, printable, readReason } from '@dgprompt/io';
import { decodeBmp, looksLikeBmp } from './bmp/decode-bmp.js';
import type { Picture } from './colour.js';
import { decodeGif, looksLikeGif } from './gif/decode-gif.js';
import { decodeHeif, looksLikeHeif } from './heif/decode-heif.js';
import { isLarge, oneOfMany, prepareCollector, type Reserve } from './in-flight.js';
import { BYTES_PER_PIXEL, checkSize, decodeWithLibrary } from './library.js';
import { decodePnm, looksLikePnm } from './pnm/decode-pnm.js';
import { type ImageSource, nameOf, readSource } from './source.js';
import { drawSvg, looksLikeSvg } from './svg.js';
import { decodeTiff } from './tiff/decode-tiff.js';
import { looksLikeTiff } from './tiff/directory.js';

export type { Picture } from './colour.js';
export type { ImageSource } from './source.js';

/** How to decode an image. */
export interface DecodeOptions {
  /** Apply the EXIF orientation; default false, as in Pillow's `open` and the published code. */
  orientation?: boolean;
  /**
   * Draw SVG files; default false for paths, true for bytes. A drawing is a program, so it is drawn in a separate
   * process, which is stopped after five seconds.
   */
  svg?: boolean;
}

/** Bytes reserved for a drawing, whose process needs them. */
const DRAWING = 256 * 2 ** 20;

/**
 * Decodes an image file (JPEG, PNG, WebP, GIF, TIFF, BMP, PPM, AVIF, …) to RGB like
 * `PIL.Image.open(file).convert('RGB')`: alpha is dropped, not blended; 16-bit colour keeps the upper eight bits, while
 * 16-bit grey is clipped at 255; CMYK becomes RGB by Pillow's formula; animations give their first frame; colour
 * profiles and, by default, the orientation tag are ignored.
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
export const decode = (source: ImageSource, options: DecodeOptions = {}): Promise<Picture> =>
  withPicture(source, options, picture => picture);

/** Decodes an image and uses it; meanwhile, its bytes count as in use. @throws what `decode` and `use` throw */
export const withPicture = <T>(
  source: ImageSource,
  options: DecodeOptions,
  use: (picture: Picture) => T | Promise<T>,
): Promise<T> => oneOfMany(async reserve => await use(await decodeNow(source, options, reserve)));

async function decodeNow(
  source: ImageSource,
  { orientation = false, svg = typeof source !== 'string' }: DecodeOptions,
  reserve: Reserve,
): Promise<Picture> {
  const room = async (pixels: number, each: number) => {
    if (isLarge(pixels * each)) await prepareCollector();
    await reserve(pixels * each);
  };
  try {
    const bytes = await readSource(source);
    if (!(bytes instanceof Uint8Array)) return bytes;
    if (bytes.length === 0) throw new Error('the file is empty');
    const plainRoom = (width: number, height: number) => {
      checkSize(width, height);
      return room(width * height, BYTES_PER_PIXEL.more);
    };
    if (looksLikeBmp(bytes)) return await decodeBmp(bytes, plainRoom);
    if (looksLikeGif(bytes)) return await decodeGif(bytes, plainRoom);
    if (looksLikePnm(bytes)) return await decodePnm(bytes, plainRoom);
    if (looksLikeTiff(bytes))
      return await decodeTiff(bytes, {
        async room(width, height, more) {
          checkSize(width, height);
          await room(width * height + more / BYTES_PER_PIXEL.more, BYTES_PER_PIXEL.more);
        },
        library: () => decodeWithLibrary(bytes, false, room),
      });
    if (looksLikeHeif(bytes)) return await decodeHeif(bytes, orientation, room);
    if (!isBinaryPicture(bytes) && looksLikeSvg(bytes)) {
      if (!svg) throw new Error('it is an SVG drawing; save it as PNG');
      await reserve(DRAWING);
      return await drawSvg(bytes);
    }
    return await decodeWithLibrary(bytes, orientation, room);
  } catch (cause) {
    throw new Error(`${nameOf(source)} cannot be read as an image: ${reason(cause)}.`, { cause });
  }
}

/** JPEG, PNG and WebP, whose metadata may contain text that looks like a drawing. */
const isBinaryPicture = (file: Uint8Array): boolean =>
  (file[0] === 0xff && file[1] === 0xd8) ||
  file[0] === 0x89 ||
  /^RIFF/.test(String.fromCharCode(...file.subarray(0, 4)));

function reason(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined && / cannot be read: /.test(cause.message);
  if (inner && errorCode(cause.cause) === 'ENOENT') return 'there is no such file';
  return printable(readReason(inner ? cause.cause : cause));
}
