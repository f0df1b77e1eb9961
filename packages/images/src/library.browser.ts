import type { Picture } from './colour.js';
import { pictureOf } from './drawn.browser.js';
import { decodePng, looksLikePng } from './png/decode-png.js';
import { checkSize, type Room } from './room.js';

export { BYTES_PER_PIXEL, checkSize, type Room } from './room.js';

/** PNG files are decoded here, to Pillow's pixels; all others by the browser. @throws a sentence without a file name */
export async function decodeWithLibrary(bytes: Uint8Array, orientation: boolean, room: Room): Promise<Picture> {
  if (looksLikePng(bytes)) return decodePng(bytes);
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    imageOrientation: orientation ? 'from-image' : 'none',
  }).catch(cause => {
    throw new Error('this browser cannot decode it', { cause });
  });
  try {
    checkSize(bitmap.width, bitmap.height);
    await room(bitmap.width * bitmap.height, 4);
    return pictureOf(bitmap);
  } finally {
    bitmap.close();
  }
}
