import { drawAugMix } from './augment/aug-mix.js';
import { drawRandAugment } from './augment/rand-augment.js';
import { checkCropScale, drawCrop } from './crop.js';
import type { DecodeOptions, ImageSource } from './decode.js';
import { pooledPixels } from './pixel-pool.js';
import { asPreparation, type Preparation } from './preparation.js';
import type { RandomView } from './view.js';

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
 * Random views of images. `crops`: random resized crop (ratio 3/4 to 4/3), mirrored half of the time, as in CoOp.
 * `augmix`: such a crop, mixed with the results of AugMix's operations, as in TPT. `randaugment`: the whole image,
 * resized to a square, after two of RandAugment's operations, as in CoPrompt.
 */
export const augmentations = ['crops', 'randaugment', 'augmix'] as const;
export type Augmentation = (typeof augmentations)[number];

/**
 * Checks the name of a kind of view.
 *
 * @throws one sentence for an unknown kind
 *
 * @example
 * ```ts
 * import { checkAugmentation } from '@dgprompt/images';
 *
 * try {
 *   checkAugmentation('cutout');
 * } catch (error) {
 *   console.log((error as Error).message); // augmentation is "cutout"; it must be crops, randaugment or augmix.
 * }
 * ```
 */
export function checkAugmentation(given: unknown): asserts given is Augmentation {
  if (!augmentations.includes(given as Augmentation))
    throw new Error(`augmentation is ${JSON.stringify(given)}; it must be crops, randaugment or augmix.`);
}

/** How `trainPixels` makes a view. */
export interface TrainPixelsOptions extends DecodeOptions {
  /** Default: `crops` */
  augmentation?: Augmentation;
  /** False never mirrors a crop (and draws one number less). Default: true */
  flip?: boolean;
  /** Smallest and largest area of a crop, as a fraction of the image's. Default: 0.08 and 1 */
  scale?: readonly [number, number];
}

/**
 * An image for training: by default random resized crop (scale 0.08 to 1, ratio 3/4 to 4/3), flipped half of the time,
 * normalised, by CoOp's recipe. Worker threads do the work if there are many, as in `evalPixels`.
 *
 * @param random returns numbers in [0, 1); equally many are drawn for each image, before this function first awaits, so
 *   that images can be loaded in parallel with the same result
 * @returns [3, size, size], row-major
 * @throws one sentence naming the file if it is not a readable image, or for a scale out of range or an unknown
 *   augmentation
 *
 * @example
 * ```ts
 * import { trainPixels } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>';
 * const image = new TextEncoder().encode(svg);
 * const random = { next: () => Math.random() };
 * const views = await Promise.all([
 *   trainPixels(image, 4, random),
 *   trainPixels(image, 4, random, { augmentation: 'randaugment' }),
 * ]);
 * console.log(views.map(({ length }) => length)); // [ 48, 48 ]
 * ```
 */
export async function trainPixels(
  source: ImageSource,
  size: number | Preparation,
  random: { next(): number },
  options: TrainPixelsOptions = {},
): Promise<Float32Array> {
  return (await trainViews(source, size, [random], options))[0]!;
}

/**
 * Several random views of one image, each as `trainPixels` makes it. The image is decoded once, or once in each worker
 * that shares many views.
 *
 * @param randoms one source of numbers for each view
 * @returns [3, size, size] each, row-major
 * @throws as `trainPixels`
 *
 * @example
 * ```ts
 * import { trainViews } from '@dgprompt/images';
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6"/></svg>';
 * const random = { next: () => Math.random() };
 * const views = await trainViews(new TextEncoder().encode(svg), 4, [random, random], { augmentation: 'augmix' });
 * console.log(views.map(({ length }) => length)); // [ 48, 48 ]
 * ```
 */
export async function trainViews(
  source: ImageSource,
  size: number | Preparation,
  randoms: readonly { next(): number }[],
  { augmentation = 'crops', flip = true, scale, ...options }: TrainPixelsOptions = {},
): Promise<Float32Array[]> {
  checkCropScale(scale);
  checkAugmentation(augmentation);
  if (randoms.length === 0) return [];
  const drawn = randoms.map((random): RandomView => {
    if (augmentation === 'randaugment') return { randAugment: drawRandAugment(random) };
    const draws = drawCrop(random);
    const mirrored = flip && random.next() < 0.5;
    return { crop: { draws, scale, mirrored, ...(augmentation === 'augmix' && { augMix: drawAugMix(random) }) } };
  });
  const all = await pooledPixels({ source, preparation: asPreparation(size), ...options, random: drawn });
  const each = all.length / drawn.length;
  return drawn.map((_, i) => all.subarray(i * each, (i + 1) * each));
}
