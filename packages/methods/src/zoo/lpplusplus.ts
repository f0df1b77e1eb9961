import { defineMethod } from '../method/define.js';
import { drawn, zeros } from './parts/linear.js';
import { fitProbe, probeLogits } from './parts/linear-text-probe.js';

/**
 * LP++ (Huang et al., CVPR 2024): a linear probe whose logits are blended with those of the texts, with a learned
 * weight per class, trained by full-batch gradient descent at learning rates derived from the features. The published
 * code never zeroes the gradient of these weights, so that each of their steps uses the sum of the gradients of all
 * epochs; the paper's figures were obtained that way, and `asWritten` uses the gradient of the current epoch alone.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { lpplusplus } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = lpplusplus(await loadClip(miniClip), ['sun', 'moon'], { rounds: 100 });
 * console.log(method.options); // { rounds: 100, every: 10, asWritten: false }
 * ```
 */
export const lpplusplus = defineMethod({
  name: 'lpplusplus',
  title: 'LP++',
  summary: 'a linear probe blended with the texts, at rates that follow from the features',
  options: {
    /** Full-batch steps; the best on validation images is kept (the last without any). */
    rounds: 300,
    /** Steps between updates of the texts' weights. */
    every: 10,
    /** Updates them with the current gradient alone, as in the paper. */
    asWritten: false,
  },
  ranges: { rounds: [1, 1e6, 'whole'], every: [1, 1e6, 'whole'] },
  variants: { 'as-written': { asWritten: true } },
  searchStages: false, // its learning rates follow from the features
  recipe: () => ({ lr: 1, epochs: 0, batch: 1, cropScale: 0.5 }), // one fit replaces all epochs
  build(clip, { rounds, every, asWritten }, random, { classNames }) {
    const [classes, width] = [classNames.length, clip.config.embedDim];
    const probe = {
      weight: zeros([classes, width]), // [C, e]
      bias: drawn(random, [classes], width ** -0.5), // PyTorch's start
      alpha: zeros([classes]), // [C]
    };
    return {
      variables: probe,
      classSpecific: true,
      readsAugmented: true,
      logits: features => probeLogits(probe, features), // [B, C]
      async fit({ features, labels, validation, text, augmented, signal }) {
        const rows = augmented ? await augmented(images => clip.vision(images), 0) : features;
        const fresh = asWritten;
        const { losses } = await fitProbe(probe, { features: rows, labels }, text!, {
          epochs: rounds,
          ...{ every, fresh, validation, signal },
        });
        if (augmented) rows.dispose();
        return { loss: losses.at(-1)! };
      },
    };
  },
});
