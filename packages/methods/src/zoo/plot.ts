import { normalised, type TextPrompts } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import { cosineLogits } from '../learner/logits.js';
import { defineMethod } from '../method/define.js';
import { normalDrawn } from './parts/linear.js';
import { sinkhornChoices, sinkhornRanges, transported } from './parts/sinkhorn.js';

/**
 * PLOT (Chen et al., ICLR 2023): several contexts for each class, matched with an image's local features by optimal
 * transport. The published code stops Sinkhorn's rounds by the mean change over the whole batch, so that an image's
 * logits depend on its neighbours; here they stop by the image's own (`stop: 'batch'` for the published rule).
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { plot } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = plot(await loadClip(miniClip), ['sun', 'moon'], { prompts: 2 });
 * console.log(method.learner.variables.contexts); // Variable { … shape: [ 2, 16, …
 * ```
 */
export const plot = defineMethod({
  name: 'plot',
  title: 'PLOT',
  summary: 'several contexts, matched with local image features by optimal transport',
  options: {
    /** N, contexts for each class. */
    prompts: 4,
    /** M, vectors of each. */
    tokens: 16,
    /** Entropy of the transport plan. */
    eps: 0.1,
    /** Maximum number of Sinkhorn's rounds. */
    rounds: 100,
    /** Stops after a round whose mean change is below this. */
    change: 0.01,
    /** What the change is averaged over. */
    stop: 'image' as 'image' | 'batch',
    /** Adds the logits of the pooled features, as published for ImageNet. */
    pooled: false,
  },
  ranges: {
    prompts: [1, 64, 'whole'],
    tokens: [1, 1024, 'whole'],
    ...sinkhornRanges,
  },
  choices: sinkhornChoices,
  searchStages: [['prompts=2', 'prompts=8']],
  recipe: ({ dataset }) => ({
    ...{ lr: 0.002, epochs: 50, batch: 128 },
    ...(dataset === 'imagenet' ? { pooled: true } : {}),
  }),
  build(clip, { prompts, tokens, pooled, ...sinkhorn }, random) {
    const contexts = normalDrawn(random, [prompts, tokens, clip.config.text.width], 0.02); // [N, M, d_t]
    const context = Array.from(
      { length: prompts },
      (_, n): TextPrompts => ({
        tokens,
        position: 'end',
        layer: l => (l === 0 ? tf.squeeze(tf.slice(contexts, [n, 0, 0], [1, -1, -1]), [0]) : undefined),
      }),
    );
    return {
      context,
      variables: { contexts },
      textFeatures(classes) {
        const each = context.map(prompts => clip.text(classes, { prompts, raw: true }));
        const all = tf.stack(each, 1); // [C, N, e]
        return { features: normalised(tf.mean(all, 1)), perClass: { prompts: normalised(all) } };
      },
      imageFeatures(images) {
        const { features, tokens } = clip.visionTokens(images);
        return { features, states: [normalised(tf.slice(tokens, [0, 1, 0], [-1, -1, -1]))] }; // without the pooled one
      },
      logits(features) {
        const similarity = transported(features.states![0]!, features.perClass!.prompts!, sinkhorn); // [B, C]
        const logits = tf.mul(similarity, clip.logitScale) as tf.Tensor2D;
        return pooled ? tf.add(logits, cosineLogits(features, clip.logitScale)) : logits;
      },
    };
  },
});
