import { drawCrop } from './crop.js';
import type { DecodeOptions, ImageSource } from './decode.js';
import { pooledPixels } from './pixel-pool.js';

/**
 * An image as CLIP is tested with it: short side resized to `size` (bicubic), central square, normalised. Made in worker threads when
 * there are many (`useImageWorkers`): ask for several at once, and for the next batch before this one is used up.
 * @param size side of the square in pixels, the model's image size
 * @param options.orientation turn the picture as its EXIF tag says. Default: false, as published
 * @returns [3, size, size], row-major
 * @throws one sentence naming the file if it is no readable image
 */
export async function evalPixels(
  source: ImageSource,
  size: number,
  options: DecodeOptions = {},
): Promise<Float32Array> {
  return pooledPixels({ source, size, ...options });
}

/**
 * An image as prompts are trained with it: random resized crop (scale 0.08 to 1, ratio 3/4 to 4/3), flipped half of the time,
 * normalised: CoOp's recipe. Made in worker threads when there are many, as `evalPixels`.
 * @param random gives numbers in [0, 1); all are drawn before this function first waits, always equally many, so that images
 *   may be loaded side by side and still come out the same
 * @param options.flip false never mirrors (and draws one number less)
 * @returns [3, size, size], row-major
 * @throws one sentence naming the file if it is no readable image
 */
export async function trainPixels(
  source: ImageSource,
  size: number,
  random: { next(): number },
  { flip = true, ...options }: DecodeOptions & { flip?: boolean } = {},
): Promise<Float32Array> {
  const draws = drawCrop(random);
  const mirrored = flip && random.next() < 0.5;
  return pooledPixels({ source, size, ...options, crop: { draws, mirrored } });
}
