import { checkCropScale, drawCrop } from './crop.js';
import type { DecodeOptions, ImageSource } from './decode.js';
import { pooledPixels } from './pixel-pool.js';
import { asPreparation, type Preparation } from './preparation.js';

/**
 * An image for evaluation: short side resized to `size` (bicubic), central square, normalised. Worker threads do the
 * work if there are many (`useImageWorkers`): request several at once, and the next batch before this one is used up.
 *
 * @param size side of the square in pixels, the model's image size; or a CLIP's `preparation`
 * @param options.orientation apply the EXIF orientation; default false, as published
 * @returns [3, size, size], row-major
 * @throws one sentence naming the file if it is not a readable image
 *
 * @example
 * ```ts
 * import { evalPixels } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>';
 * const pixels = await evalPixels(new TextEncoder().encode(svg), 4);
 * console.log(pixels.length); // 48
 * ```
 */
export async function evalPixels(
  source: ImageSource,
  size: number | Preparation,
  options: DecodeOptions = {},
): Promise<Float32Array> {
  return pooledPixels({ source, preparation: asPreparation(size), ...options });
}

/**
 * An image for training by CoOp's recipe: random resized crop (scale 0.08 to 1, ratio 3/4 to 4/3), flipped half of the
 * time, normalised. Worker threads do the work if there are many, as in `evalPixels`.
 *
 * @param random returns numbers in [0, 1); equally many are drawn for each image, before this function first awaits, so
 *   that images can be loaded in parallel with the same result
 * @param options.flip false never mirrors (and draws one number less)
 * @param options.scale smallest and largest area of the crop, as a fraction of the image's. Default: 0.08 and 1
 * @returns [3, size, size], row-major
 * @throws one sentence naming the file if it is not a readable image, or for a scale out of range
 *
 * @example
 * ```ts
 * import { trainPixels } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>';
 * const pixels = await trainPixels(new TextEncoder().encode(svg), 4, { next: () => Math.random() });
 * console.log(pixels.length); // 48
 * ```
 */
export async function trainPixels(
  source: ImageSource,
  size: number | Preparation,
  random: { next(): number },
  { flip = true, scale, ...options }: DecodeOptions & { flip?: boolean; scale?: readonly [number, number] } = {},
): Promise<Float32Array> {
  checkCropScale(scale);
  const draws = drawCrop(random);
  const mirrored = flip && random.next() < 0.5;
  return pooledPixels({ source, preparation: asPreparation(size), ...options, crop: { draws, scale, mirrored } });
}
