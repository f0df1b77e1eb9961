import {
  type Augmentation,
  CROP_SCALE,
  evalPixels,
  type ImageSource,
  type Preparation,
  testViews,
  trainPixels,
  type Views,
} from '@dgprompt/images';
import { contentDigest } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';

/** Frozen features on disk, shared by processes: of the same images (by content) or prompts, from the same CLIP. */
export interface FeatureStore {
  /** It may be deleted at any time. */
  folder: string;
  /**
   * Everything else that affects the bits: device and versions, and for random views of a transform of one's own a name
   * of it; two transforms with the same setting would share features.
   */
  setting: string;
}

/** A source of pixels. */
export interface Transform {
  /** Every image looks the same each time it is loaded, so that frozen features can be computed once. */
  readonly fixed: boolean;
  /**
   * Where frozen features of these views are kept for other processes; only for views of image files. Default: nowhere
   */
  readonly features?: FeatureStore;
  /**
   * @param path an image file, or any name that these views know
   * @param random for the view; all numbers are drawn before the first await, so that images can be loaded concurrently
   * @returns normalised pixels [3, R, R], row-major
   */
  load(path: string, random: { next(): number }): Promise<Float32Array>;
}

/**
 * The published training views: by default random resized crops, and, unless `flip` is false, a flip half of the time.
 *
 * @param preparation the CLIP's, or only the side of its images, prepared as for OpenAI's models
 * @param options.cropScale smallest area of a crop, as a fraction of the image's. Default: 0.08
 * @param options.augmentation another kind of view, see `augmentations` of `@dgprompt/images`
 *
 * @example
 * ```ts
 * import { trainTransform } from '@dgprompt/methods/transforms';
 *
 * console.log(trainTransform(224, { flip: false }).fixed); // false
 * ```
 */
export function trainTransform(
  preparation: number | Preparation,
  { flip = true, cropScale = CROP_SCALE[0] as number, augmentation = 'crops' as Augmentation } = {},
): Transform {
  return {
    fixed: false,
    load: (path, random) => trainPixels(path, preparation, random, { augmentation, flip, scale: [cropScale, 1] }),
  };
}

/**
 * The published test view: short side resized, central square, or as the CLIP's preparation specifies. An image of the
 * model's size stays unchanged.
 *
 * @param preparation the CLIP's, or only the side of its images, prepared as for OpenAI's models
 *
 * @example
 * ```ts
 * import { evalTransform } from '@dgprompt/methods/transforms';
 *
 * console.log(evalTransform(224).fixed); // true
 * ```
 */
export function evalTransform(preparation: number | Preparation): Transform {
  return { fixed: true, load: path => evalPixels(path, preparation) };
}

/** Memory for decoded pixels, in free bytes: enough for a few-shot training set. */
export const pixelMemory = (): { free: number } => ({ free: 512 * 2 ** 20 });

const cached = new WeakMap<Transform, Transform>();

/**
 * The same views, with decoded images cached within a memory limit if the views are fixed. The same views give the same
 * object, so that methods trained and tested with it share decoded images and frozen features.
 *
 * @param memory shared by several views. Default: 512 MB for these
 *
 * @example
 * ```ts
 * import { cachedTransform, evalTransform } from '@dgprompt/methods/transforms';
 *
 * const views = evalTransform(224);
 * console.log(cachedTransform(views) === cachedTransform(views)); // true
 * ```
 */
export function cachedTransform(transform: Transform, memory = pixelMemory()): Transform {
  if (!transform.fixed) return transform;
  const known = cached.get(transform);
  if (known) return known;
  const made = withCache(transform, memory);
  cached.set(transform, made);
  cached.set(made, made);
  return made;
}

function withCache(transform: Transform, memory: { free: number }): Transform {
  const cache = new Map<string, { content: string; pixels: Float32Array }>();
  return {
    fixed: true,
    features: transform.features,
    async load(path, random) {
      const content = await contentDigest(path).catch(() => 'no file');
      const known = cache.get(path);
      if (known?.content === content) return known.pixels;
      const pixels = await transform.load(path, random);
      if (!known) memory.free -= pixels.byteLength;
      if (known || memory.free >= 0) cache.set(path, { content, pixels });
      return pixels;
    },
  };
}

export interface PixelBatchOptions {
  /** How the images were prepared: the CLIP's, with R, the side of its input. */
  preparation: Preparation;
  /** Of random views. */
  random: { next(): number };
  /** Views per image. Default: 1 */
  views?: Views;
  signal?: AbortSignal;
}

/**
 * Pixels of some images as a batch of a fixed size, [size · V, 3, R, R] for V views of each image; rows beyond the
 * images are zeros.
 *
 * @throws one sentence for views of the wrong size; the transform's error for an unreadable image; the signal's reason
 *   when aborted
 */
export async function pixelBatch(
  transform: Transform,
  paths: readonly string[],
  size: number,
  { preparation, random, views = 1, signal }: PixelBatchOptions,
): Promise<tf.Tensor4D> {
  signal?.throwIfAborted();
  const { pixels, errors } = await readPixels(transform, paths, size, { preparation, random, views });
  for (const error of errors.values()) throw error;
  const { size: side } = preparation;
  return tf.tensor4d(pixels, [size * views, 3, side, side]);
}

/** The pixels of a batch, [size, V, 3, R, R] row-major, and the errors of unreadable images by row. */
export async function readPixels<S extends ImageSource>(
  transform: { load(image: S, random: { next(): number }): Promise<Float32Array> },
  images: readonly S[],
  size: number,
  { preparation, random, views = 1 }: Omit<PixelBatchOptions, 'signal'>,
): Promise<{ pixels: Float32Array; errors: Map<number, Error> }> {
  const { size: side } = preparation;
  const each = 3 * side * side;
  const pixels = new Float32Array(size * views * each);
  const loaded = await Promise.allSettled(images.map(image => transform.load(image, random)));
  const errors = new Map<number, Error>();
  loaded.forEach((result, row) => {
    if (result.status === 'rejected') errors.set(row, result.reason as Error);
    else if (result.value.length === each)
      for (const [v, view] of testViews(result.value, preparation, views).entries())
        pixels.set(view, (row * views + v) * each);
    else errors.set(row, wrongSize(images[row]!, result.value.length, side));
  });
  return { pixels, errors };
}

const wrongSize = (image: ImageSource, length: number, side: number) =>
  new Error(
    `${typeof image === 'string' ? image : 'An image'}: its view has ${length} values, and this CLIP takes 3 × ${side} × ${side}.`,
  );
