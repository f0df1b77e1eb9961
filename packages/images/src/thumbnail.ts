import { type ImageSource, withPicture } from './decode.js';

/**
 * A small upright JPEG of an image, for pages and reports.
 *
 * @param side maximum length of the longer side in pixels; smaller images are not enlarged
 * @throws one sentence naming the file if it is not a readable image
 *
 * @example
 * ```ts
 * import { thumbnail } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>';
 * const jpeg = await thumbnail(new TextEncoder().encode(svg), 4);
 * console.log(jpeg[0] === 0xff && jpeg[1] === 0xd8); // true
 * ```
 */
export async function thumbnail(source: ImageSource, side: number): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  return withPicture(source, { orientation: true }, ({ data, width, height }) =>
    sharp(data, { raw: { width, height, channels: 3 } })
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 72 })
      .toBuffer(),
  );
}
