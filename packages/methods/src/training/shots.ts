import type { Item } from '@dgprompt/datasets';
import * as tf from '@tensorflow/tfjs-core';
import { frozenRows, imageRows, meanOfRows } from '../features/image.js';
import { fitsFrozenText, handWrittenText } from '../learner/forward.js';
import { changed } from '../learner/revision.js';
import type { Fit, LabelledFeatures, Method, Shots } from '../learner/types.js';
import { namedVariables, notFiniteVariable } from '../method/variables.js';
import { drawnTransforms } from '../transforms/drawn.js';
import { cachedTransform, type Transform } from '../transforms/transform.js';

export interface ShotsOptions {
  /** The view of whole images. */
  transform: Transform;
  /** For a method that reads random views: these, and the seed that draws them. Default: none, as for fixed views */
  augment?: { transform: Transform; seed: number };
  /** For a method that chooses settings. */
  validation?: readonly Item[];
  /** For a method that chooses by test images. */
  tests?: readonly Item[];
  signal?: AbortSignal;
}

/** Fits a method to frozen features of the training images; undefined for a method without `fit`. */
export async function fitShots(
  method: Method,
  items: readonly Item[],
  { transform, augment, validation, tests, signal }: ShotsOptions,
): Promise<Fit | undefined> {
  const { clip } = method;
  if (!method.learner.fit) return undefined;
  const views = cachedTransform(transform);
  const paths = items.map(({ path }) => path);
  const data = await labelled(method, items, views, signal);
  const chooseBy = validation && validation.length > 0 ? await labelled(method, validation, views, signal) : undefined;
  const test = method.learner.readsTest && tests?.length ? await labelled(method, tests, views, signal) : undefined;
  const text = await fitText(method, signal);
  try {
    return await fitFeatures(method, {
      ...data,
      validation: chooseBy,
      test,
      text,
      rowsOf: fn => imageRows(fn, paths, { clip, transform: views, signal }),
      meanOf: fn => meanOfRows(fn, paths, { clip, transform: views, signal }),
      ...(augment &&
        method.learner.readsAugmented && {
          augmented(fn, k) {
            const drawn = drawnTransforms(augment.transform, paths, { count: k + 1, seed: augment.seed });
            return imageRows(fn, paths, { clip, transform: drawn[k]!, signal });
          },
        }),
      signal,
    });
  } finally {
    tf.dispose([
      data.features,
      ...(chooseBy ? [chooseBy.features] : []),
      ...(test ? [test.features] : []),
      ...(text ? [text] : []),
    ]);
  }
}

/** The text features that a method's fit needs, [C, e], if any; the caller's to dispose. */
export const fitText = async (method: Method, signal?: AbortSignal): Promise<tf.Tensor2D | undefined> =>
  fitsFrozenText(method) ? ((await handWrittenText(method, { signal })) as tf.Tensor2D) : undefined;

/**
 * Fits a method to features.
 * @throws one sentence if what it learned is not finite, or if it reads augmented views without saying so
 */
export async function fitFeatures(
  { learner, classNames, name }: Method,
  shots: Omit<Shots, 'classCount'>,
): Promise<Fit | undefined> {
  const given: Shots = { ...shots, classCount: classNames.length };
  if (!learner.readsAugmented)
    Object.defineProperty(given, 'augmented', {
      get() {
        throw new Error(`${name}: its fit reads augmented views, so build must return readsAugmented: true.`);
      },
    });
  const fit = await learner.fit?.(given);
  changed(learner);
  if (fit && !Number.isFinite(fit.loss))
    throw new Error(`${name}: the loss became ${fit.loss}; check that images and CLIP weights hold no NaN.`);
  const wrong = await notFiniteVariable(namedVariables(learner));
  if (wrong)
    throw new Error(
      `${name}: "${wrong.name}" became ${wrong.value} in the fit; check that images and CLIP weights hold no NaN.`,
    );
  return fit ?? undefined;
}

async function labelled(
  { clip }: Method,
  items: readonly Item[],
  transform: Transform,
  signal: AbortSignal | undefined,
): Promise<LabelledFeatures> {
  const paths = items.map(({ path }) => path);
  const rows = await frozenRows(clip, paths, { transform, signal });
  const { image } = rows.batch([...paths.keys()], paths.length);
  return { features: image as tf.Tensor2D, labels: Int32Array.from(items, ({ label }) => label) };
}
