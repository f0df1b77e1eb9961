import { type ContextPosition, textContext } from '@dgprompt/prompts';
import type { TaskInfo } from '../learner/types.js';
import { defineMethod } from '../method/define.js';

/**
 * CoOp (Zhou et al., IJCV 2022): learned vectors replace the words around the class name, one context for all classes
 * or one per class, before the name, around it or after it. Images keep the frozen CLIP's features.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = coop(await loadClip(miniClip), ['sun', 'moon'], { tokens: 4 });
 * console.log(method.options); // { tokens: 4, csc: false, position: 'end', init: '' }
 * ```
 */
export const coop = defineMethod({
  name: 'coop',
  title: 'CoOp',
  summary: 'learned context vectors before the class name',
  options: {
    /** M, learned context vectors. */
    tokens: 16,
    /** Class-specific contexts: a separate context for every class. */
    csc: false,
    /** Position of the class name: after the context, in its middle, or in front of it. */
    position: 'end' as ContextPosition,
    /** Words whose embeddings initialise the first vectors; the others are initialised with N(0, 0.02²). */
    init: '',
  },
  ranges: { tokens: [1, 1024, 'whole'] },
  choices: { position: ['end', 'middle', 'front'] },
  variants: { csc: { csc: true }, middle: { position: 'middle' }, front: { position: 'front' } },
  recipe: task => ({ lr: 0.002, batch: 32, epochs: epochs(task), ...context(task) }),
  build(clip, { tokens, csc, position, init }, random, { classNames }) {
    const text = textContext(clip, { tokens, position, init, classes: csc ? classNames.length : undefined }, random);
    return {
      context: text,
      variables: text.variables, // context: [M, d_t], or [C, M, d_t]
      classSpecific: csc,
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
    };
  },
});

/** Few-shot runs: 50 epochs for one shot and on ImageNet, 100 for two and four shots, 200 above. Others: 50. */
function epochs({ protocol, shots, dataset }: TaskInfo): number {
  if (protocol !== 'few-shot' || dataset === 'imagenet' || shots === 1) return 50;
  return shots <= 4 ? 100 : 200;
}

/**
 * Few-shot runs learn 16 vectors from noise; CoCoOp's tables (CVPR 2022), with new classes or datasets, four from
 * words.
 */
function context({ protocol }: TaskInfo) {
  return protocol === 'few-shot' ? {} : { tokens: 4, init: 'a photo of a' };
}
