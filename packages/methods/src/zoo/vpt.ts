import { deepVisual } from '@dgprompt/prompts';
import { defineMethod } from '../method/define.js';
import { visionLayers } from './parts/depth.js';

/**
 * VPT (Jia et al., ECCV 2022) on CLIP: visual prompts in every layer, or only in the first, with a hand-written text
 * prompt.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { vpt } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = vpt(await loadClip(miniClip), ['sun', 'moon'], { depth: 2 });
 * console.log(method.options); // { tokens: 8, depth: 2, template: 'a photo of a {}.' }
 * ```
 */
export const vpt = defineMethod({
  name: 'vpt',
  title: 'VPT',
  summary: 'learned tokens in the image tower',
  options: {
    /** M, prompt tokens per layer. */
    tokens: 8,
    /** Number of layers with prompts. */
    depth: 12,
    /** The hand-written prompt of every dataset, `{}` for the class name. */
    template: 'a photo of a {}.',
  },
  ranges: { tokens: [1, 1024, 'whole'], depth: [1, 100, 'whole'] },
  variants: { shallow: { depth: 1 } },
  limits: clip => ({ depth: visionLayers(clip) }),
  recipe: () => ({ lr: 0.0025, epochs: 5, batch: 4 }),
  build(clip, { tokens, depth, template }, random) {
    const visual = deepVisual(clip, { tokens, depth }, random); // depth × [M, d_v]
    return {
      variables: { visual: visual.variables },
      frozen: { templates: [template] },
      imageFeatures: images => clip.vision(images, { prompts: visual }), // [B, e]
    };
  },
});
