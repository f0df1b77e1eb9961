import type { Clip } from '@dgprompt/clip';
import type { SeededRandom } from '@dgprompt/engine';
import { deepVisual } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import type { PromptLearner, SetAdaptation } from '../../learner/types.js';

/** Images per step: enough to see how often each class is predicted. */
const batch = 64;
const [steps, lr] = [10, 0.003];

/**
 * Visual prompts in all layers of the frozen vision tower, adapted before a test to its class set and its unlabelled
 * images: towards confident predictions that do not all fall on the same classes.
 *
 * @param tokens per layer
 * @returns image features with these prompts, and how they adapt
 */
export function classSetPrompts(
  clip: Clip,
  tokens: number,
  random: SeededRandom,
): Omit<SetAdaptation, 'change'> & { vision(images: tf.Tensor4D): tf.Tensor2D } {
  const prompts = deepVisual(clip, { tokens, depth: clip.config.vision.layers }, random);
  return {
    variables: { prompts: prompts.variables },
    vision: images => clip.vision(images, { prompts }),
    batch,
    steps,
    lr,
    optimizer: { name: 'adamw', weightDecay: 0 },
    loss: mutualInformation,
  };
}

/** A learner that adapts these prompts before each test. @param tested whose image features read them */
export function adaptedBeforeTests(
  learner: PromptLearner,
  { vision, ...adaptation }: ReturnType<typeof classSetPrompts>,
  { imageFeatures }: PromptLearner,
): PromptLearner {
  const state = { ...learner.state, classSet: adaptation.variables };
  return { ...learner, state, adaptSet: { ...adaptation, change: { imageFeatures } } };
}

/**
 * Minus the mutual information of images and predicted classes: the mean entropy of a prediction minus the entropy of
 * the mean prediction (Bridle et al., NIPS 1991; Krause et al., RIM, NIPS 2010).
 *
 * @param logits [B, C]
 * @param mask [B], 0 for rows that do not count
 */
export function mutualInformation(logits: tf.Tensor2D, mask: tf.Tensor1D): tf.Scalar {
  const logs = tf.logSoftmax(logits); // [B, C]
  const probabilities = tf.exp(logs);
  const share = tf.div(mask, tf.sum(mask)); // [B]
  const entropies = tf.neg(tf.sum(tf.mul(probabilities, logs), 1)); // [B]
  const mean = tf.sum(tf.mul(probabilities, tf.expandDims(share, 1)), 0); // [C]
  const spread = tf.neg(tf.sum(tf.mul(mean, tf.log(tf.maximum(mean, 1e-37)))));
  return tf.sub(tf.sum(tf.mul(entropies, share)), spread) as tf.Scalar;
}
