import { coupled, deepText } from '@dgprompt/prompts';
import { defineMethod } from '../method/define.js';
import { sharedLayers } from './parts/depth.js';

/**
 * MaPLe (Khattak et al., CVPR 2023): deep text prompts, and visual prompts that are linear functions of them.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { maple } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = maple(await loadClip(miniClip), ['sun', 'moon'], { depth: 2 });
 * console.log(method.options); // { tokens: 2, depth: 2, init: 'a photo of a' }
 * ```
 */
export const maple = defineMethod({
  name: 'maple',
  title: 'MaPLe',
  summary: 'deep text prompts, and visual prompts that are linear functions of them',
  options: {
    /** M, prompt tokens per layer in each tower. */
    tokens: 2,
    /** Number of layers with prompts. */
    depth: 9,
    /**
     * Words whose embeddings initialise the first layer's text prompts; words after the first M stay in the prompt as
     * ordinary tokens.
     */
    init: 'a photo of a',
  },
  ranges: { tokens: [1, 1024, 'whole'], depth: [1, 100, 'whole'] },
  limits: clip => ({ depth: sharedLayers(clip) }),
  // Khattak et al., section 4, and their published configurations for both kinds of experiment
  recipe: ({ protocol }) =>
    protocol === 'cross-dataset' || protocol === 'domain-generalization'
      ? { lr: 0.0026, epochs: 2, batch: 4, depth: 3 }
      : { lr: 0.0035, epochs: 5, batch: 4 },
  build(clip, { tokens, depth, init }, random) {
    const text = deepText(clip, { tokens, depth, init }, random); // depth × [M, d_t]
    const visual = coupled(text, clip.config.vision.width, random); // depth × [M, d_v], text_l·W_l + b_l
    return {
      context: text,
      variables: { text: text.variables, visual: visual.variables },
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
      imageFeatures: images => clip.vision(images, { prompts: visual }), // [B, e]
    };
  },
});
