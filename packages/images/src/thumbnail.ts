import sharp from 'sharp';
import { type ImageSource, maxPixels, unreadable } from './decode.js';

/**
 * A small JPEG of an image, for a page to look at.
 * @param side the longer side in pixels, at most; smaller images stay as they are
 * @throws one sentence naming the file if it is no readable image
 */
export async function thumbnail(source: ImageSource, side: number): Promise<Uint8Array> {
  try {
    return await sharp(source, { failOn: 'error', limitInputPixels: maxPixels })
      .flatten({ background: '#fff' })
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 72 })
      .toBuffer();
  } catch (cause) {
    throw unreadable(source, cause);
  }
}
