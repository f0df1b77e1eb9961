import { type CropDraws, cropBox, cropInPlace, flip } from './crop.js';
import { type DecodeOptions, type ImageSource, withPicture } from './decode.js';
import { normalise } from './normalise.js';
import { resize, resizeCentre } from './resize.js';

/** A view of an image. Its random numbers have been drawn, so that any thread can make it. */
export interface View extends DecodeOptions {
  source: ImageSource;
  /** Side of the square in pixels. */
  size: number;
  /** A random crop, and whether it is mirrored; defaults to the central square. */
  crop?: { draws: CropDraws; mirrored: boolean };
}

/** The normalised pixels of a view, [3, size, size]. */
export async function viewPixels({ source, size, crop: random, ...options }: View): Promise<Float32Array> {
  return withPicture(source, options, picture => {
    if (!random) return normalise(resizeCentre(picture, size));
    const resized = resize(cropInPlace(picture, cropBox(picture, random.draws)), size, size);
    return normalise(random.mirrored ? flip(resized) : resized);
  });
}
