import { decode, type ImageSource } from './decode.js';

/**
 * A small JPEG of an image, upright, for a page to look at.
 * @param side the longer side in pixels, at most; smaller images stay as they are
 * @throws one sentence naming the file if it is no readable image
 */
export async function thumbnail(source: ImageSource, side: number): Promise<Uint8Array> {
  const { data, width, height } = await decode(source, { orientation: true });
  const { default: sharp } = await import('sharp');
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 72 })
    .toBuffer();
}
