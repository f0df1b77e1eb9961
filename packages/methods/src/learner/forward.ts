import type { Clip } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs';
import type { FrozenBatch } from '../features/image.js';
import { type FrozenTextOptions, frozenText } from '../features/text.js';
import { cosineLogits } from './logits.js';
import type { FeaturePair, Features, Method, PromptLearner } from './types.js';

/** Images as pixels, or the frozen CLIP's features of them where those are enough, or both. */
export type Images = {
  images?: tf.Tensor4D; // [B, 3, R, R], normalised
  frozen?: FrozenBatch; // [B, e]
};

/** The parts of a method that a forward pass needs. */
export interface Learned {
  clip: Clip;
  learner: PromptLearner;
  classNames: readonly string[];
}

/** Whether text features are per image. */
export const perImageText = ({ learner }: Pick<Method, 'learner'>): boolean =>
  Boolean(learner.features ?? learner.textForImages);

/**
 * Whether images are seen through learned prompts, so that their features cannot be computed once.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop, vpt } from '@dgprompt/methods';
 * import { promptedImages } from '@dgprompt/methods/training';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const clip = await loadClip(miniClip);
 * const isPrompted = [coop, vpt].map(make => promptedImages(make(clip, ['sun', 'moon'])));
 * console.log(isPrompted); // [ false, true ]
 * ```
 */
export const promptedImages = ({ learner }: Pick<Method, 'learner'>): boolean =>
  Boolean(learner.features ?? learner.imageFeatures);

/** Features in their long form. */
export const asFeatures = (given: tf.Tensor | Features): Features =>
  given instanceof tf.Tensor ? { features: given } : given;

/**
 * Features of a batch under the method's prompts, differentiable.
 *
 * @param text the text features if they are known. Default: computed with the batch
 */
export function features({ clip, learner, classNames }: Learned, batch: Images, text?: Features): FeaturePair {
  const names = [...classNames];
  if (learner.features) return learner.features(batch.images!, names);
  if (learner.textForImages) {
    const image = batch.frozen?.image ?? clip.vision(batch.images!); // [B, e]
    return { image, text: learner.textForImages(image, names) };
  }
  const ofText = text ?? asFeatures(learner.textFeatures!(names));
  const ofImage = learner.imageFeatures?.(batch.images!, ofText) ?? batch.frozen?.image ?? clip.vision(batch.images!);
  const { features, states } = asFeatures(ofImage);
  return states ? { image: features, text: ofText.features, states } : { image: features, text: ofText.features };
}

/** Logits [B, C] of features. */
export const logitsOf = ({ clip, learner }: Learned, both: FeaturePair): tf.Tensor2D =>
  learner.logits?.(both) ?? cosineLogits(both, clip.logitScale);

/** Text features of the hand-written prompts, [C, e], for a method that learns none. */
export const handWrittenText = (method: Method, options: FrozenTextOptions = {}): Promise<tf.Tensor> =>
  frozenText(method.clip, method.classNames, method.learner.templates ?? method.task.templates, options);
