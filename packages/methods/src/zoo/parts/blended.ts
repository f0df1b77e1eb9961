import { type Clip, normalised } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import { asFeatures } from '../../learner/forward.js';
import type { PromptLearner } from '../../learner/types.js';

/**
 * A learner whose features are blended with the frozen CLIP's, f = normalised((1 − α) f + α f*), so that a test keeps
 * the knowledge of both. WiSE-FT (Wortsman et al., CVPR 2022) blends weights in the same way.
 *
 * @param learner with prompts in both towers
 * @param share α, 0 to 1; 0 returns the learner unchanged
 * @param vision image features f* of images [B, 3, R, R]. Default: the frozen CLIP's
 */
export function blended(
  clip: Clip,
  learner: PromptLearner,
  share: number,
  vision: (images: tf.Tensor4D) => tf.Tensor = images => clip.vision(images),
): PromptLearner {
  if (share === 0) return learner;
  const mix = (own: tf.Tensor, frozen: tf.Tensor) =>
    normalised(tf.add(tf.mul(own, 1 - share), tf.mul(frozen, share)) as tf.Tensor2D);
  const both = ({ textFeatures, imageFeatures }: Partial<PromptLearner>): Partial<PromptLearner> => ({
    textFeatures(names, given) {
      const own = asFeatures(textFeatures!(names, given));
      return { ...own, features: mix(own.features, given.text!) }; // [C, e]
    },
    imageFeatures(images, text, given) {
      const own = asFeatures(imageFeatures!(images, text, given));
      return { ...own, features: mix(own.features, vision(images)) }; // [B, e]
    },
  });
  const controls = Object.entries(learner.controls ?? {}).map(([title, change]) => [title, change && both(change)]);
  const { textFeatures, imageFeatures, logits, loss, conditionedOn = [] } = learner;
  return {
    ...learner,
    ...both(learner),
    conditionedOn: [...conditionedOn, 'templates'],
    inTraining: { textFeatures, imageFeatures, logits, loss },
    controls: { ...Object.fromEntries(controls), 'no blend with the frozen CLIP': { textFeatures, imageFeatures } },
  };
}
