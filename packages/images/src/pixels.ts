import { centreCrop, crop, cropBox, drawCrop, flip } from './crop.js';
import { decode, type ImageSource } from './decode.js';
import { normalise } from './normalise.js';
import { resize, resizeShortSide } from './resize.js';

/**
 * An image as CLIP is tested with it: short side resized to `size` (bicubic), central square, normalised.
 * @param size side of the square in pixels, the model's image size
 * @returns [3, size, size], row-major
 * @throws one sentence naming the file if it is no readable image
 */
export async function evalPixels(source: ImageSource, size: number): Promise<Float32Array> {
  return normalise(centreCrop(resizeShortSide(await decode(source), size), size));
}

/**
 * An image as prompts are trained with it: random resized crop (scale 0.08 to 1, ratio 3/4 to 4/3), flipped half of the time,
 * normalised: CoOp's recipe.
 * @param random gives numbers in [0, 1); all are drawn before this function first waits, always equally many, so that images
 *   may be loaded side by side and still come out the same
 * @returns [3, size, size], row-major
 * @throws one sentence naming the file if it is no readable image
 */
export async function trainPixels(
  source: ImageSource,
  size: number,
  random: { next(): number },
): Promise<Float32Array> {
  const draws = drawCrop(random);
  const mirrored = random.next() < 0.5;
  const picture = await decode(source);
  const resized = resize(crop(picture, cropBox(picture, draws)), size, size);
  return normalise(mirrored ? flip(resized) : resized);
}
