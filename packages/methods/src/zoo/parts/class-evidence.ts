import type { Clip } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import { checkEveryClass } from '../../learner/items.js';
import type { PromptLearner } from '../../learner/types.js';
import { ownLabels } from './own-classes.js';

/** The states of each class's shots inside the vision tower. */
export interface ClassEvidence extends Required<Pick<PromptLearner, 'state' | 'fit'>> {
  /**
   * The evidence of a class set: a set of one state for each class and layer, J × [n, 1, d_v], and 1 for each class
   * with shots, 0 for the others, [n, 1, 1].
   */
  of(classNames: readonly string[]): { states: tf.Tensor[]; seen: tf.Tensor };
}

/**
 * The class-token states entering the first `depth` layers, averaged over the shots of each class before the first
 * epoch, minus their mean over all classes: what classes share would move their text features equally and cancel in the
 * softmax.
 *
 * @param trained the classes with shots
 */
export function classEvidence(clip: Clip, trained: readonly string[], depth: number): ClassEvidence {
  const [C, width] = [trained.length, clip.config.vision.width];
  const evidence = tf.tidy(() => tf.variable(tf.zeros([C, depth, width]), false)); // [C, J, d_v]
  return {
    state: { evidence },
    of(names) {
      const rows = ownLabels(trained, names);
      const places = rows.map(row => Math.max(0, row));
      const own = tf.gather(evidence, tf.tensor1d(places, 'int32')); // [n, J, d_v]
      const seen = rows.map(row => (row < 0 ? 0 : 1));
      return { states: tf.split(own, depth, 1), seen: tf.tensor3d(seen, [names.length, 1, 1]) };
    },
    async fit({ rowsOf, labels }) {
      checkEveryClass('dgprompt', 'guidance.image=shots', trained, labels);
      const entering = (images: tf.Tensor4D) => tf.concat(clip.visionStates(images).states.slice(0, depth), 1);
      const states = await rowsOf(entering); // [N, J · d_v]
      tf.tidy(() => {
        const members = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), C), 'float32') as tf.Tensor2D; // [N, C]
        const counts = tf.expandDims(tf.sum(members, 0), 1); // [C, 1]
        const means = tf.div(tf.matMul(members, states, true), counts); // [C, J · d_v]
        evidence.assign(tf.reshape(tf.sub(means, tf.mean(means, 0, true)), [C, depth, width]));
      });
      states.dispose();
      return undefined; // the steps report the loss
    },
  };
}
