import { defineMethod } from '../method/define.js';

/**
 * Zero-shot CLIP (Radford et al., ICML 2021): the features of hand-written prompts, averaged over the templates.
 * Nothing is learned; it is the baseline of every method.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = zeroshot(await loadClip(miniClip), ['sun', 'moon'], { templates: ['an icon of a {}.'] });
 * console.log(method.task.templates); // [ 'an icon of a {}.' ]
 * ```
 */
export const zeroshot = defineMethod({
  name: 'clip',
  title: 'CLIP',
  summary: 'hand-written prompts; nothing is trained',
  options: {},
  searchStages: false,
  recipe: () => ({ lr: 0.002, epochs: 0, batch: 32 }), // there is nothing to train
  build: () => ({ variables: {} }),
});
