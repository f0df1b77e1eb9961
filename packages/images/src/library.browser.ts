import type { Picture } from './colour.js';
import { pictureOf } from './drawn.browser.js';
import { findOrientation } from './exif.js';
import { canDecodePng, decodePng } from './png/decode-png.js';
import { checkSize, type Room } from './room.js';
import { turn } from './turn.js';

export { BYTES_PER_PIXEL, checkSize, type Room } from './room.js';

/** Decodes PNG files here, to Pillow's pixels; the browser decodes others. @throws one sentence without a file name */
export async function decodeWithLibrary(bytes: Uint8Array, orientation: boolean, room: Room): Promise<Picture> {
  if (canDecodePng(bytes)) return decodePng(bytes);
  const { upright, turned } = withoutOrientation(bytes);
  const bitmap = await createImageBitmap(new Blob([upright]), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  }).catch(cause => {
    throw new Error('this browser cannot decode it', { cause });
  });
  try {
    checkSize(bitmap.width, bitmap.height);
    await room(bitmap.width * bitmap.height, 4);
    const picture = pictureOf(bitmap);
    return orientation ? turn(picture, turned) : picture;
  } finally {
    bitmap.close();
  }
}

/** Browsers apply the orientation tag, and not all can be prevented from it: makes a copy that is tagged as upright. */
function withoutOrientation(bytes: Uint8Array): { upright: Uint8Array<ArrayBuffer>; turned: number } {
  const found = findOrientation(bytes);
  const upright = new Uint8Array(bytes);
  if (found) new DataView(upright.buffer).setUint16(found.at, 1, found.littleEndian);
  return { upright, turned: found?.value ?? 1 };
}
