import type { Picture } from './colour.js';
import { type Box, type CropDraws, centreBox, cropBox, cropInPlace, flip } from './crop.js';
import { type DecodeOptions, type ImageSource, withPicture } from './decode.js';
import { normalise } from './normalise.js';
import type { PillowVersion } from './pillow.js';
import { type FullPreparation, fullPreparation, type Preparation } from './preparation.js';
import { resize, shortSide } from './resize.js';

/** A view of an image. Its random numbers have been drawn, so that any thread can make it. */
export interface View extends DecodeOptions {
  source: ImageSource;
  preparation: Preparation;
  /** See `usePillow`, which is of the caller's thread. */
  pillow?: PillowVersion;
  /** A random crop, and whether it is mirrored; defaults to the whole image, as `preparation` resizes it. */
  crop?: { draws: CropDraws; mirrored: boolean };
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
    const cut = cropInPlace(picture, cropBox(picture, random.draws));
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
    return padded(
      resize(picture, fitted(picture.width), fitted(picture.height), { interpolation, pillow }),
      size,
      fill,
    );
  }
  const { width, height } = shortSide(picture, side);
  return resize(picture, width, height, { interpolation, pillow, part: centreBox({ width, height }, size) });
}

/** A picture in the middle of a square. */
function padded({ width, height, data }: Picture, size: number, fill: number): Picture {
  const { top, left }: Pick<Box, 'top' | 'left'> = {
    top: Math.floor((size - height) / 2),
    left: Math.floor((size - width) / 2),
  };
  const out = new Uint8Array(3 * size * size).fill(fill);
  for (let y = 0; y < height; y++)
    out.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((y + top) * size + left) * 3);
  return { width: size, height: size, data: out };
}
