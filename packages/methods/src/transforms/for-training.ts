import { drawnTransforms } from './drawn.js';
import type { FeatureStore } from './transform.js';
import { cachedTransform, evalTransform, pixelMemory, type Transform, trainTransform } from './transform.js';

/** How training sees its images. */
export interface TransformOptions {
  /** Random resized crop and flip, as published (true); the crop alone ('crop'); or every image as it is (false). */
  augment?: boolean | 'crop';
  /** Where pixels come from, instead of image files with `augment`. */
  transform?: Transform;
  /**
   * Computes what is frozen once, before the first epoch. 0: every image as it is. 1 or more: that many augmented views of each
   * image, drawn once from the seed; an epoch sees one of them, the next epoch the next. Left out: every epoch draws new views.
   */
  cacheFeatures?: number;
  /**
   * Where frozen features are kept for other processes: of augmented views of image files, and of hand-written prompts. Default: where those of
   * `views` are.
   */
  features?: FeatureStore;
}

export interface Transforms {
  /** What is trained on: the first epoch sees the first, and so on, in turns. */
  train: readonly Transform[];
  /** The undistorted view of each image, for validation and for averages over the training set. */
  test: Transform;
}

interface Setting {
  imageSize: number;
  seed: number;
  epochs: number;
  /** Decoded pixels are wanted in every epoch. */
  keepPixels: boolean;
}

/** The views that options ask for. */
export function transformsFor(
  paths: readonly string[],
  options: TransformOptions,
  { imageSize, seed, epochs, keepPixels }: Setting,
): Transforms {
  const { augment = true, cacheFeatures } = options;
  const random = augment && cacheFeatures !== 0;
  const views =
    options.transform ?? (random ? trainTransform(imageSize, { flip: augment === true }) : evalTransform(imageSize));
  if (views.fixed) {
    const still = cachedTransform(views);
    return { train: [still], test: still };
  }
  const still = options.transform ?? evalTransform(imageSize);
  if (!cacheFeatures) return { train: [views], test: still };
  const { features: store } = options;
  const features = store && { ...store, setting: JSON.stringify([store.setting, nameOf(options)]) };
  const seen = drawnTransforms(views, paths, { count: Math.min(cacheFeatures, epochs), seed, features });
  const memory = pixelMemory();
  return { train: keepPixels ? seen.map(one => cachedTransform(one, memory)) : seen, test: still };
}

/** What a checkpoint says of the views: views of one's own are told apart by whether they are fixed alone. */
export function transformName(options: TransformOptions): string {
  const name = nameOf(options);
  const drawn = options.cacheFeatures && name !== 'fixed' && name !== 'still';
  return drawn ? `${name}, ${options.cacheFeatures} of each image` : name;
}

function nameOf({ transform, augment = true, cacheFeatures }: TransformOptions): string {
  if (transform) return transform.fixed ? 'fixed' : 'random';
  if (!augment || cacheFeatures === 0) return 'still';
  return augment === 'crop' ? 'crop' : 'augmented';
}

/** @throws a sentence for a number of views that cannot be, or that says nothing of these views */
export function checkCacheFeatures(method: string, { cacheFeatures, transform }: TransformOptions): void {
  if (cacheFeatures === undefined) return;
  if (!Number.isInteger(cacheFeatures) || cacheFeatures < 0)
    throw new Error(
      `${method}: cacheFeatures is ${cacheFeatures}; it must be 0, for images as they are, or a whole number of augmented views.`,
    );
  if (cacheFeatures === 0 && transform && !transform.fixed)
    throw new Error(`${method}: cacheFeatures is 0, and the views given are random; give fixed ones, or 1 or more.`);
}
