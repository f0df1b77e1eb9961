import { type ImageSource, withPicture } from './decode.js';

/**
 * A small upright JPEG of an image, for pages and reports.
 *
 * @param side maximum length of the longer side in pixels; smaller images are not enlarged
 * @throws one sentence naming the file if it is not a readable image
 */
export const thumbnail = (source: ImageSource, side: number): Promise<Uint8Array> =>
  withPicture(source, { orientation: true }, async ({ data, width, height }) => {
    const whole = new ImageData(width, height);
    for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
      whole.data.set(data.subarray(from, from + 3), to);
      whole.data[to + 3] = 255;
    }
    const ratio = Math.min(1, side / Math.max(width, height));
    const [w, h] = [width, height].map(length => Math.max(1, Math.round(length * ratio))) as [number, number];
    const small = new OffscreenCanvas(w, h);
    const bitmap = await createImageBitmap(whole, { resizeWidth: w, resizeHeight: h, resizeQuality: 'high' });
    small.getContext('2d')!.drawImage(bitmap, 0, 0);
    bitmap.close();
    return new Uint8Array(await (await small.convertToBlob({ type: 'image/jpeg', quality: 0.72 })).arrayBuffer());
  });
