import type { Clip } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs';
import type { FrozenBatch } from '../features/image.js';
import { type FrozenTextOptions, frozenText } from '../features/text.js';
import { cosineLogits } from './logits.js';
import type { FeaturePair, Features, Method, PickClasses, PromptLearner } from './types.js';

/** Images as pixels, or the frozen CLIP's features of them where those are enough, or both. */
export type Images = {
  images?: tf.Tensor4D; // [B, 3, R, R], normalised
  frozen?: FrozenBatch; // [B, e]
  classes?: tf.Tensor1D; // int32 [K], the classes of an episode; all if left out
};

/** The parts of a method that a forward pass needs. */
export interface Learned {
  clip: Clip;
  learner: PromptLearner;
  classNames: readonly string[];
}

/** Whether text features are per image. */
export const perImageText = ({ learner }: Pick<Method, 'learner'>): boolean =>
  Boolean(learner.features ?? learner.perImage);

/** Whether the loss compares with the frozen CLIP's features. */
export const wantsFrozen = ({ learner }: Pick<Method, 'learner'>): boolean =>
  learner.frozen !== undefined && (learner.loss ?? learner.gradients) !== undefined;

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
  const pick = pickClasses(batch.classes);
  if (learner.features) {
    const both = learner.features(batch.images!, names, pick);
    return { ...both, text: pick(both.text, both.text.rank - 2) };
  }
  if (learner.perImage) {
    const image = batch.frozen?.image ?? clip.vision(batch.images!); // [B, e]
    return { image, text: pick(asFeatures(learner.textFeatures!(names, image)).features, 1) };
  }
  const ofText = picked(text ?? asFeatures(learner.textFeatures!(names, undefined)), pick);
  const ofImage = learner.imageFeatures?.(batch.images!, ofText) ?? batch.frozen?.image ?? clip.vision(batch.images!);
  const { features, states } = asFeatures(ofImage);
  return states ? { image: features, text: ofText.features, states } : { image: features, text: ofText.features };
}

/** Keeps the rows of some classes; of all where there is no episode. */
export const pickClasses =
  (classes: tf.Tensor1D | undefined): PickClasses =>
  <T extends tf.Tensor>(ofClasses: T, axis = 0): T =>
    classes ? (tf.gather(ofClasses, classes, axis) as T) : ofClasses;

function picked(text: Features, pick: PickClasses): Features {
  const features = pick(text.features);
  return text.states ? { features, states: text.states.map(state => pick(state)) } : { features };
}

/** Logits [B, C] of features. */
export const logitsOf = ({ clip, learner }: Learned, both: FeaturePair): tf.Tensor2D =>
  learner.logits?.(both) ?? cosineLogits(both, clip.logitScale);

/** Text features of the hand-written prompts, [C, e], for a method without text features. */
export const handWrittenText = (method: Method, options: FrozenTextOptions = {}): Promise<tf.Tensor> =>
  frozenText(method.clip, method.classNames, method.learner.frozen?.templates ?? method.task.templates, options);
