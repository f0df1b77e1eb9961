import { compile, type GraphFacts, leaves, type Tree } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { FrozenBatch } from '../features/image.js';
import type { FrozenTextOptions } from '../features/text.js';
import {
  asFeatures,
  features,
  givenFrozenText,
  givenTo,
  handWrittenText,
  type Images,
  logitsOf,
  perImageText,
  type TextSide,
} from '../learner/forward.js';
import { revision } from '../learner/revision.js';
import type { GivenFrozen, Method } from '../learner/types.js';
import { type ImageViews, viewLogits } from './view-logits.js';

/** A method ready for images: text features computed, the rest compiled. */
export interface Inference {
  /**
   * @param images [B, 3, R, R], normalised, or [B, V, 3, R, R] of several views; or the frozen CLIP's features of them,
   *   for a method without visual prompts
   * @returns logits, row-major [B, C]
   */
  logits(images: tf.Tensor4D | tf.Tensor5D | FrozenBatch): Promise<Float32Array>;
  /** The graphs for images, one per batch size. */
  readonly graphs: readonly GraphFacts[];
  dispose(): Promise<void>;
}

/**
 * Prepares a method for images. Computes text features once, with the first batch, and again only after training has
 * changed the prompts; with each batch if text is per image. Keeps sessions for the two latest batch sizes.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { inference } from '@dgprompt/methods/evaluation';
 * import { miniClip } from '@dgprompt/pictograms';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const clip = await loadClip(miniClip);
 * const ready = inference(zeroshot(clip, ['sun', 'moon']));
 * const images = tf.zeros<tf.Rank.R4>([3, 3, clip.imageSize, clip.imageSize]);
 * console.log((await ready.logits(images)).length); // 6
 * await ready.dispose();
 * ```
 */
export function inference(method: Method, handWritten: FrozenTextOptions = {}): Inference {
  const text = textSide(method, handWritten);
  const run = compile((images: Images | ImageViews, side: TextSide) => logitsWith(method, images, side), {
    cacheSize: 2,
  });
  let known: { side: TextSide; revision: number } | undefined;

  async function current(): Promise<TextSide> {
    const now = revision(method.learner);
    if (known?.revision === now) return known.side;
    if (known) release(known.side);
    known = { side: await text.compute(), revision: now };
    return known.side;
  }

  return {
    async logits(images) {
      const batch = (images instanceof tf.Tensor ? { images } : { frozen: images }) as Images | ImageViews;
      const scores = await run(batch, await current());
      const values = (await scores.data()) as Float32Array;
      scores.dispose();
      return values;
    },
    get graphs() {
      return run.graphs;
    },
    async dispose() {
      if (known) release(known.side);
      known = undefined;
      await Promise.all([text.dispose(), run.dispose()]);
    },
  };
}

/** The text features of a method's class set, without those that are per image. */
export function textSide(method: Method, handWritten: FrozenTextOptions = {}) {
  const { learner } = method;
  const classNames = [...method.classNames];
  const learned = compile(
    (frozen: Pick<GivenFrozen, 'text'>) => asFeatures(learner.textFeatures!(classNames, givenTo(method, frozen))),
    { cacheSize: 1 },
  );
  return {
    async compute(): Promise<TextSide> {
      const text = givenFrozenText(method) ? await handWrittenText(method, handWritten) : undefined;
      const side: TextSide = text ? { frozen: text } : {};
      if (perImageText(method)) return side;
      if (!learner.textFeatures) return { ...side, text: { features: await handWrittenText(method, handWritten) } };
      return { ...side, text: await learned(text ? { text } : {}) };
    },
    dispose: () => learned.dispose(),
  };
}

/** Logits [B, C] of images, or of several views of each, with the text side if there is one. */
export const logitsWith = (method: Method, images: Images | ImageViews, side: TextSide): tf.Tensor2D =>
  isViews(images) ? viewLogits(method, images, side) : logitsOf(method, features(method, images, side));

const isViews = (given: Images | ImageViews): given is ImageViews =>
  given.images?.rank === 5 || given.frozen?.image.rank === 3;

/** Frees the tensors of a text side. */
export const release = (side: TextSide): void => tf.dispose(leaves<tf.Tensor>(side as Tree<tf.Tensor>));
