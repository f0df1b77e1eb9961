import type { Sharp } from 'sharp';
import { cmykToRgb, greyToRgb, type Picture, upperBytes } from './colour.js';
import { BYTES_PER_PIXEL, checkSize, type Room } from './room.js';

export { BYTES_PER_PIXEL, checkSize, type Room } from './room.js';

/** Seconds that the library may take to decode one picture. */
const LONGEST = 60;

/**
 * Decodes an image with sharp to Pillow's pixels.
 *
 * @throws one sentence without a file name, or the library's error
 */
export async function decodeWithLibrary(bytes: Uint8Array, orientation: boolean, room: Room): Promise<Picture> {
  const { default: sharp } = await import('sharp'); // loaded on first use: programs without images do not need it
  const image = sharp(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels: false });
  const { width, height, space } = await image.metadata();
  checkSize(width, height);
  const isPlain = space !== 'cmyk' && space !== 'grey16';
  await room(width * height, isPlain ? BYTES_PER_PIXEL.rgb : BYTES_PER_PIXEL.more);
  image.timeout({ seconds: LONGEST });
  if (orientation) image.autoOrient();
  if (space === 'cmyk') return cmykToRgb(await raw(image.pipelineColourspace('cmyk').toColourspace('cmyk'), 'uchar'));
  if (space === 'grey16' && isPngWithGreyAndAlpha(bytes))
    return upperBytes(await raw(image.removeAlpha().toColourspace('grey16'), 'ushort'));
  if (space === 'grey16') return greyToRgb(await raw(image.removeAlpha().toColourspace('grey16'), 'ushort'));
  return await raw(image.removeAlpha().toColourspace('srgb'), 'uchar');
}

async function raw(image: Sharp, depth: 'uchar' | 'ushort'): Promise<Picture> {
  const { data, info } = await image.raw({ depth }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Grey with an alpha channel, not with a transparent level. */
const isPngWithGreyAndAlpha = (file: Uint8Array): boolean => file[0] === 0x89 && file[25] === 4;
