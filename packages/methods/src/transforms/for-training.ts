import type { Augmentation, Preparation } from '@dgprompt/images';
import { drawnTransforms } from './drawn.js';
import type { FeatureStore } from './transform.js';
import { cachedTransform, evalTransform, pixelMemory, type Transform, trainTransform } from './transform.js';

/** The views of images in training. */
export interface TransformOptions {
  /** Random views, as published (true); crops without flips ('crop'); or whole images (false). */
  augment?: boolean | 'crop';
  /** Smallest area of random crops, as a fraction of the image's. Default: 0.08 */
  cropScale?: number;
  /** Kind of random views. Default: `crops` */
  augmentation?: Augmentation;
  /** Source of the pixels, instead of image files with `augment`. */
  transform?: Transform;
  /**
   * Views for validation and frozen features if training views are random. Methods that share a fixed one, such as
   * `cachedTransform(evalTransform(224))`, share its features. Default: whole images, or `transform` if it is given
   */
  testTransform?: Transform;
  /**
   * Computes frozen features once, before the first epoch. 0: of whole images. 1 or more: of that many augmented views
   * of each image, drawn once from the seed; epochs cycle through them. Default: every epoch draws new views.
   */
  cacheFeatures?: number;
  /**
   * Where frozen features are kept for other processes: of augmented views of image files, and of hand-written prompts.
   * Default: the store of `transform`.
   */
  features?: FeatureStore;
}

export interface Transforms {
  /** For training; epochs cycle through them. */
  train: readonly Transform[];
  /** The whole image, for validation and for averages over the training set. */
  test: Transform;
  /** The random views that training draws from, even if they are drawn once. Default: none, views are fixed */
  random?: Transform;
}

interface Setting {
  preparation: Preparation;
  seed: number;
  epochs: number;
  /** Whether decoded pixels are needed in every epoch. */
  keepPixels: boolean;
}

/**
 * A run's options with the views of its recipe, unless they say otherwise. Fixed views are not augmented, unless a
 * number of cached augmented views is given.
 */
export const withRecipeViews = <O extends TransformOptions>(
  options: O,
  recipe: Pick<TransformOptions, 'cropScale' | 'augmentation'>,
  fixedViews: boolean | undefined,
): O => ({
  ...options,
  augment: options.augment ?? (!fixedViews || (options.cacheFeatures ?? 0) > 0),
  cropScale: options.cropScale ?? recipe.cropScale,
  augmentation: options.augmentation ?? recipe.augmentation,
});

/** The views that the options choose. */
export function transformsFor(
  paths: readonly string[],
  options: TransformOptions,
  { preparation, seed, epochs, keepPixels }: Setting,
): Transforms {
  const {
    augment = true,
    cropScale,
    augmentation,
    cacheFeatures,
    testTransform = evalTransform(preparation),
  } = options;
  const random = augment && cacheFeatures !== 0;
  const views =
    options.transform ??
    (random ? trainTransform(preparation, { flip: augment === true, cropScale, augmentation }) : testTransform);
  if (views.fixed) {
    const fixed = cachedTransform(views);
    return { train: [fixed], test: fixed };
  }
  const test = options.testTransform ?? options.transform ?? testTransform;
  if (!cacheFeatures) return { train: [views], test, random: views };
  const { features: store } = options;
  const features = store && { ...store, setting: JSON.stringify([store.setting, nameOf(options)]) };
  const drawn = drawnTransforms(views, paths, { count: Math.min(cacheFeatures, epochs), seed, features });
  const memory = pixelMemory();
  return { train: keepPixels ? drawn.map(one => cachedTransform(one, memory)) : drawn, test, random: views };
}

/** The views' name in a checkpoint; user-defined transforms differ only by whether they are fixed. */
export function transformName(options: TransformOptions): string {
  const name = nameOf(options);
  const drawn = options.cacheFeatures && name !== 'fixed' && name !== 'still';
  return drawn ? `${name}, ${options.cacheFeatures} of each image` : name;
}

function nameOf({
  transform,
  augment = true,
  cropScale,
  augmentation = 'crops',
  cacheFeatures,
}: TransformOptions): string {
  if (transform) return transform.fixed ? 'fixed' : 'random';
  if (!augment || cacheFeatures === 0) return 'still';
  if (augmentation === 'randaugment') return augmentation;
  const kind = augment === 'crop' ? 'crop' : 'augmented';
  const name = augmentation === 'crops' ? kind : `${augmentation} ${kind}`;
  return cropScale === undefined ? name : `${name} from ${cropScale}`;
}

/** @throws one sentence for views that contradict each other, or a wrong number of them */
export function checkViews(
  method: string,
  { augment, augmentation, cacheFeatures, transform }: TransformOptions,
): void {
  if (augment === 'crop' && augmentation === 'randaugment')
    throw new Error(
      `${method}: augment is "crop", but its views are RandAugment's, of whole images; leave augment out, or set augmentation to crops.`,
    );
  if (augment === false && cacheFeatures !== undefined && cacheFeatures > 0)
    throw new Error(
      `${method}: augment is false, but cacheFeatures asks for ${cacheFeatures} augmented views; leave one of them out.`,
    );
  if (augment === 'crop' && cacheFeatures === 0)
    throw new Error(`${method}: augment is "crop", but cacheFeatures is 0, for whole images; leave one of them out.`);
  if (cacheFeatures === undefined) return;
  if (!Number.isInteger(cacheFeatures) || cacheFeatures < 0)
    throw new Error(
      `${method}: cacheFeatures is ${cacheFeatures}; it must be 0, for whole images, or a whole number of augmented views.`,
    );
  if (cacheFeatures === 0 && transform && !transform.fixed)
    throw new Error(
      `${method}: cacheFeatures is 0, but the given transform is random; give a fixed one, or 1 or more.`,
    );
}
