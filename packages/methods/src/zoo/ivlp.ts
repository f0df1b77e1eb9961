import { deepText, deepVisual } from '@dgprompt/prompts';
import { defineMethod } from '../method/define.js';
import { visionLayers } from './parts/depth.js';

/**
 * Independent vision-language prompting (Khattak et al., CVPR 2023, as MaPLe's baseline): independent deep prompts in
 * both towers.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { ivlp } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = ivlp(await loadClip(miniClip), ['sun', 'moon'], { textDepth: 2, visionDepth: 2 });
 * console.log(method.options.textDepth, method.options.visionDepth); // 2 2
 * ```
 */
export const ivlp = defineMethod({
  name: 'ivlp',
  title: 'IVLP',
  summary: 'independent learned tokens in both towers',
  options: {
    /** M, prompt tokens per layer in the text tower, and in the vision tower. */
    textTokens: 2,
    visionTokens: 2,
    /** Number of layers with prompts in each tower. */
    textDepth: 12,
    visionDepth: 12,
    /**
     * Words whose embeddings initialise the first layer's text prompts; words beyond the first M stay in the prompt.
     */
    init: 'a photo of a',
  },
  ranges: {
    textTokens: [1, 1024, 'whole'],
    visionTokens: [1, 1024, 'whole'],
    textDepth: [1, 100, 'whole'],
    visionDepth: [1, 100, 'whole'],
  },
  limits: clip => ({ textDepth: clip.config.text.layers, visionDepth: visionLayers(clip) }),
  recipe: () => ({ lr: 0.0035, epochs: 5, batch: 4 }),
  build(clip, { textTokens, visionTokens, textDepth, visionDepth, init }, random) {
    const text = deepText(clip, { tokens: textTokens, depth: textDepth, init }, random); // depth × [M, d_t]
    const visual = deepVisual(clip, { tokens: visionTokens, depth: visionDepth }, random); // depth × [M, d_v]
    return {
      context: text,
      variables: { text: text.variables, visual: visual.variables },
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
      imageFeatures: images => clip.vision(images, { prompts: visual }), // [B, e]
    };
  },
});
