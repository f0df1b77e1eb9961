import { metaNet, textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import { defineMethod } from '../method/define.js';

/**
 * CoCoOp (Zhou et al., CVPR 2022): CoOp's context, shifted for each image by a small network of its features.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { cocoop } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = cocoop(await loadClip(miniClip), ['sun', 'moon'], { tokens: 2 });
 * console.log(method.options); // { tokens: 2, init: 'a photo of a', reduction: 16 }
 * ```
 */
export const cocoop = defineMethod({
  name: 'cocoop',
  title: 'CoCoOp',
  summary: 'a context that a small network shifts for each image',
  options: {
    /** M, learned context vectors. */
    tokens: 4,
    /** Words whose embeddings initialise the first vectors. */
    init: 'a photo of a',
    /** The network has ⌊e / reduction⌋ hidden units, for a joint width of e. */
    reduction: 16,
  },
  ranges: { tokens: [1, 1024, 'whole'], reduction: [1, 4096, 'whole'] },
  recipe: () => ({ lr: 0.002, epochs: 10, batch: 1 }),
  build(clip, { tokens, init, reduction }, random) {
    const { embedDim, text: tower } = clip.config;
    const text = textContext(clip, { tokens, init }, random); // [M, d_t]
    const meta = metaNet({ from: embedDim, to: tower.width, reduction }, random);
    return {
      context: text,
      variables: { ...text.variables, metaNet: meta.variables },
      conditionedOn: ['image'],
      textFeatures(classes, { image }) {
        const shift = tf.reshape(meta.apply(image!), [-1, 1, 1, tower.width]); // [B, 1, 1, d_t]
        const layer = (l: number) => text.layer(l) && tf.add(text.layer(l)!, shift); // [B, 1, M, d_t]
        return clip.text(classes, { prompts: { ...text, layer } }); // [B, C, e]
      },
    };
  },
});
