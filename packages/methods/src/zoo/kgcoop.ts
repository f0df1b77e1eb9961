import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import { defineMethod } from '../method/define.js';

/**
 * KgCoOp (Yao et al., CVPR 2023): CoOp's context, whose text features are kept close to those of the hand-written
 * prompt.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { kgcoop } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = kgcoop(await loadClip(miniClip), ['sun', 'moon'], { tokens: 2 });
 * console.log(method.options); // { tokens: 2, init: 'a photo of a', knowledge: 8 }
 * ```
 */
export const kgcoop = defineMethod({
  name: 'kgcoop',
  title: 'KgCoOp',
  summary: 'CoOp, kept close to the features of hand-written prompts',
  options: {
    /** M, learned context vectors. */
    tokens: 4,
    /** Words whose embeddings initialise the first vectors. */
    init: 'a photo of a',
    /** Weight of the distance to the hand-written prompt's features. */
    knowledge: 8,
  },
  ranges: { tokens: [1, 1024, 'whole'], knowledge: [0, 1e6] },
  recipe: () => ({ lr: 0.002, epochs: 100, batch: 128 }),
  build(clip, { tokens, init, knowledge }, random) {
    const text = textContext(clip, { tokens, init }, random); // [M, d_t]
    return {
      context: text,
      variables: text.variables,
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
      frozen: {},
      loss({ crossEntropy, text: tuned, frozen }) {
        const cosines = tf.sum(tf.mul(tuned, frozen!.text), -1); // [C]
        return tf.add(crossEntropy, tf.mul(tf.sub(1, tf.mean(cosines)), knowledge));
      },
    };
  },
});
