import * as tf from '@tensorflow/tfjs-core';
import type { Controls, GivenFrozen, PromptLearner } from './types.js';

/** Titles of the controls of text features that depend on the frozen features of hand-written prompts. */
export const templateTitles = ['guidance of another class', 'mean guidance of all classes'] as const;

/** Controls that need only the learner: of the hand-written prompts that it reads, and its own. */
export const controlsOf = (learner: PromptLearner): Controls => ({
  ...(learner.conditionedOn?.includes('templates') && templateControls(learner)),
  ...learner.controls,
});

/** Every class reads the frozen text features of the next class, or the mean over all classes. */
function templateControls(learner: PromptLearner): Controls {
  const [another, mean] = templateTitles;
  return { [another]: reading(learner, ofNextClass), [mean]: reading(learner, ofMean) };
}

/** The same functions of a learner, given other frozen text features [C, e]. */
function reading(
  { textFeatures, features }: PromptLearner,
  change: (text: tf.Tensor) => tf.Tensor,
): Partial<PromptLearner> | undefined {
  const changed = <G extends GivenFrozen>(given: G): G => ({ ...given, text: change(given.text!) });
  if (features) return { features: (images, classes, pick, given) => features(images, classes, pick, changed(given)) };
  return textFeatures && { textFeatures: (classes, given) => textFeatures(classes, changed(given)) };
}

const ofNextClass = (text: tf.Tensor): tf.Tensor =>
  tf.gather(text, tf.tensor1d(next(text.shape[0]!), 'int32')) as tf.Tensor;

/** The unit mean, for every class. */
function ofMean(text: tf.Tensor): tf.Tensor {
  const mean = tf.mean(text, 0, true); // [1, e]
  return tf.tile(tf.div(mean, tf.norm(mean)), [text.shape[0]!, 1]);
}

/** The index after each of n, cyclic. */
export const next = (n: number): number[] => Array.from({ length: n }, (_, i) => (i + 1) % n);
