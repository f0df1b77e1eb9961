import { normalised } from '@dgprompt/clip';
import * as tf from '@tensorflow/tfjs-core';
import { cosineLogits } from '../learner/logits.js';
import { defineMethod } from '../method/define.js';
import { drawn } from './parts/linear.js';

/**
 * CLIP-Adapter (Gao et al., IJCV 2024): two layers on top of the image features, blended with the features themselves.
 * The repository has no recipe ("follow CoOp's command"), so this is CoOp's; papers that compare with it search the
 * ratio. The layers have no bias, so normalising the frozen features before them, as here, does not matter.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { clipAdapter } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = clipAdapter(await loadClip(miniClip), ['sun', 'moon'], { ratio: 0.4 });
 * console.log(method.options); // { ratio: 0.4, reduction: 4 }
 * ```
 */
export const clipAdapter = defineMethod({
  name: 'clip-adapter',
  title: 'CLIP-Adapter',
  summary: 'two layers on top of the image features, blended with the features',
  options: {
    /** Share of the adapter's output; the rest is the frozen features. */
    ratio: 0.2,
    /** The adapter has ⌊e / reduction⌋ hidden units, for a joint width of e. */
    reduction: 4,
  },
  ranges: { ratio: [0, 1], reduction: [1, 4096, 'whole'] },
  searchStages: [['ratio=0.4', 'ratio=0.6', 'ratio=0.8']],
  // CoOp's: the repository has none
  recipe: ({ protocol, shots, dataset }) => ({
    lr: 0.002,
    batch: 32,
    epochs: protocol !== 'few-shot' || dataset === 'imagenet' || shots === 1 ? 50 : shots <= 4 ? 100 : 200,
  }),
  build(clip, { ratio, reduction }, random) {
    const { embedDim } = clip.config;
    const hidden = Math.max(1, Math.floor(embedDim / reduction));
    const down = drawn(random, [embedDim, hidden], embedDim ** -0.5); // as PyTorch initialises it
    const up = drawn(random, [hidden, embedDim], hidden ** -0.5);
    return {
      variables: { down, up },
      logits({ image, text }) {
        const inner = tf.relu(tf.matMul(image as tf.Tensor2D, down as tf.Tensor2D)); // [B, e / reduction]
        const adapted = tf.relu(tf.matMul(inner, up as tf.Tensor2D)); // [B, e]
        const blended = tf.add(tf.mul(adapted, ratio), tf.mul(image, 1 - ratio));
        return cosineLogits({ image: normalised(blended), text }, clip.logitScale);
      },
    };
  },
});
