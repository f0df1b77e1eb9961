import type { Clip } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import type { PromptLearner } from '../../learner/types.js';

/**
 * The frozen CLIP's class-token states entering the first `depth` layers, averaged over the training images before the
 * first epoch.
 */
export function statePrototype(
  clip: Clip,
  depth: number,
): { states: tf.Variable } & Required<Pick<PromptLearner, 'state' | 'fit'>> {
  const states = tf.tidy(() => tf.variable(tf.zeros([depth, 1, clip.config.vision.width]), false)); // [J, 1, d_v]
  return {
    states,
    state: { prototype: states },
    async fit({ meanOf }) {
      const means = await meanOf(images => clip.visionStates(images).states.slice(0, depth)); // J × [d_v]
      tf.tidy(() => states.assign(tf.reshape(tf.stack(means), states.shape)));
      tf.dispose(means);
      return undefined; // the steps report the loss
    },
  };
}
