import { type AugMixDraws, augMix } from './augment/aug-mix.js';
import { type RandAugmentDraws, randAugment } from './augment/rand-augment.js';
import type { Picture } from './colour.js';
import { concatenated } from './concatenated.js';
import { type CropDraws, centreBox, crop, cropBox, cropInPlace, flip } from './crop.js';
import { type DecodeOptions, type ImageSource, withPicture } from './decode.js';
import { normalise } from './normalise.js';
import { padded } from './pad.js';
import type { PillowVersion } from './pillow.js';
import { type FullPreparation, fullPreparation, type Preparation } from './preparation.js';
import { resize, shortSide } from './resize.js';
import { roundHalfToEven } from './round.js';

/** Views of an image. Their random numbers are already drawn, so that any thread can make them. */
export interface ImageViews extends DecodeOptions {
  source: ImageSource;
  preparation: Preparation;
  /** See `usePillow`, which affects only the caller's thread. */
  pillow?: PillowVersion;
  /** Random views. Default: one of the whole image, resized according to `preparation` */
  random?: readonly RandomView[];
}

/** A random crop, whether to mirror it, and what to mix into it; or RandAugment of the whole image. */
export type RandomView = { crop: RandomCrop } | { randAugment: RandAugmentDraws };

/** A crop of an image, resized and possibly mirrored. */
interface RandomCrop {
  draws: CropDraws;
  scale?: readonly [number, number];
  mirrored: boolean;
  augMix?: AugMixDraws;
}

/** The normalised pixels of all views, [V, 3, size, size]; the image is decoded once. */
export async function viewPixels({
  source,
  preparation,
  pillow,
  random,
  ...options
}: ImageViews): Promise<Float32Array> {
  const full = fullPreparation(preparation);
  return withPicture(source, options, picture => {
    if (!random) return normalise(whole(picture, full, pillow), full);
    const last = random.length - 1;
    return concatenated(random.map((view, i) => randomView(picture, view, full, pillow, i === last)));
  });
}

/** @param isLast the picture may be overwritten: a copy of a huge one would be just as huge */
function randomView(
  picture: Picture,
  view: RandomView,
  full: FullPreparation,
  pillow: PillowVersion | undefined,
  isLast: boolean,
): Float32Array {
  const { size, interpolation } = full;
  const square = (part: Picture) => resize(part, size, size, { interpolation, pillow });
  if ('randAugment' in view) return normalise(randAugment(square(picture), view.randAugment), full);
  const { draws, scale, mirrored, augMix: mix } = view.crop;
  const resized = square((isLast ? cropInPlace : crop)(picture, cropBox(picture, draws, scale)));
  const seen = mirrored ? flip(resized) : resized;
  return mix ? augMix(seen, mix, changed => normalise(changed, full)) : normalise(seen, full);
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
    const fitted = (length: number) => Math.max(1, Math.min(size, roundHalfToEven(length / ratio)));
    const resized = resize(picture, fitted(picture.width), fitted(picture.height), { interpolation, pillow });
    return padded(resized, size, [fill, fill, fill]);
  }
  const { width, height } = shortSide(picture, side);
  return resize(picture, width, height, { interpolation, pillow, part: centreBox({ width, height }, size) });
}
