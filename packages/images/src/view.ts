import type { Picture } from './colour.js';
import { type CropDraws, centreBox, cropBox, cropInPlace, flip } from './crop.js';
import { type DecodeOptions, type ImageSource, withPicture } from './decode.js';
import { normalise } from './normalise.js';
import { padded } from './pad.js';
import type { PillowVersion } from './pillow.js';
import { type FullPreparation, fullPreparation, type Preparation } from './preparation.js';
import { resize, shortSide } from './resize.js';

/** A view of an image. Its random numbers are already drawn, so that any thread can make it. */
export interface View extends DecodeOptions {
  source: ImageSource;
  preparation: Preparation;
  /** See `usePillow`, which affects only the caller's thread. */
  pillow?: PillowVersion;
  /** A random crop, and whether to mirror it; defaults to the whole image, resized according to `preparation`. */
  crop?: { draws: CropDraws; scale?: readonly [number, number]; mirrored: boolean };
}

/** The normalised pixels of a view, [3, size, size]. */
export async function viewPixels({
  source,
  preparation,
  pillow,
  crop: random,
  ...options
}: View): Promise<Float32Array> {
  const full = fullPreparation(preparation);
  const { size, interpolation } = full;
  return withPicture(source, options, picture => {
    if (!random) return normalise(whole(picture, full, pillow), full);
    const cut = cropInPlace(picture, cropBox(picture, random.draws, random.scale));
    const resized = resize(cut, size, size, { interpolation, pillow });
    return normalise(random.mirrored ? flip(resized) : resized, full);
  });
}

/** The whole image as a square. */
function whole(
  picture: Picture,
  { size, resize: mode, shortSide: side, fill, interpolation }: FullPreparation,
  pillow: PillowVersion | undefined,
): Picture {
  if (mode === 'squash') return resize(picture, size, size, { interpolation, pillow });
  if (mode === 'longest') {
    const ratio = Math.max(picture.width, picture.height) / size;
    const fitted = (length: number) => Math.max(1, Math.min(size, Math.round(length / ratio)));
    const resized = resize(picture, fitted(picture.width), fitted(picture.height), { interpolation, pillow });
    return padded(resized, size, [fill, fill, fill]);
  }
  const { width, height } = shortSide(picture, side);
  return resize(picture, width, height, { interpolation, pillow, part: centreBox({ width, height }, size) });
}
