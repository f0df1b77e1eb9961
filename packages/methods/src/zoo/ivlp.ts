import { deepText, deepVisual } from '@dgprompt/prompts';
import { defineMethod } from '../method/define.js';
import { visionLayers } from './parts/depth.js';

/** Independent vision-language prompting (Khattak et al., CVPR 2023, as MaPLe's baseline): deep prompts in both towers, side by side. */
export const ivlp = defineMethod({
  name: 'ivlp',
  options: {
    /** M, prompt tokens a layer in the text tower, and in the vision tower. */
    textTokens: 2,
    visionTokens: 2,
    /** How many layers of each tower have prompts. */
    textDepth: 12,
    visionDepth: 12,
    /** Words that the first layer's text prompts start as; words beyond the M first stay as they are. */
    start: 'a photo of a',
  },
  limits: clip => ({ textDepth: clip.config.text.layers, visionDepth: visionLayers(clip) }),
  recipe: () => ({ lr: 0.0035, epochs: 5, batch: 4 }),
  build(clip, { textTokens, visionTokens, textDepth, visionDepth, start }, random) {
    const text = deepText(clip, { tokens: textTokens, depth: textDepth, start }, random); // depth × [M, d_t]
    const visual = deepVisual(clip, { tokens: visionTokens, depth: visionDepth }, random); // depth × [M, d_v]
    return {
      context: text,
      variables: { text: text.variables, visual: visual.variables },
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
      imageFeatures: images => clip.vision(images, { prompts: visual }), // [B, e]
    };
  },
});
