import { type Clip, normalised } from '@dgprompt/clip';
import { type RetentionWeights, retention, retentionWeights } from '@dgprompt/retention';
import * as tf from '@tensorflow/tfjs-core';
import type { PromptLearner } from '../../learner/types.js';

/** Why templates of the frozen text features may have no effect. */
export const noTexts = 'the loss compares no texts while retention.text and retention.logits are 0';

/**
 * The loss of a method with retention: cross-entropy + R, and the frozen features that R needs. Without weights above 0
 * there is neither.
 *
 * @param options.depth J, number of layers with prompts, whose states are compared
 * @param options.retention weights at a joint width of 512, and templates of the frozen text features; without any, the
 *   dataset's
 * @param options.retention.view the source of frozen image features: the view in training, or the whole image
 */
export function retained(
  { config: { embedDim, vision } }: Pick<Clip, 'config'>,
  {
    depth,
    retention: { templates, view = 'same', ...at512 },
  }: { depth: number; retention: RetentionWeights & { templates: string[]; view?: 'whole' | 'same' } },
): Pick<PromptLearner, 'frozen' | 'loss'> {
  const weights = retentionWeights(embedDim, at512, vision.width);
  if (Object.values(weights).every(weight => weight === 0)) return {};
  const ofPrompted = (states: tf.Tensor[] = []) => states.slice(1, depth).map(normalised); // (J − 1) × [B, d_v]
  return {
    frozen: {
      ...(templates.length > 0 && { templates }),
      states: weights.states > 0,
      whole: view === 'whole',
    },
    loss({ crossEntropy, mask, frozen, ...tuned }) {
      const now = { ...tuned, states: ofPrompted(tuned.states) };
      const before = { ...frozen!, states: ofPrompted(frozen!.states) };
      return tf.add(crossEntropy, retention(now, before, weights, mask));
    },
  };
}
