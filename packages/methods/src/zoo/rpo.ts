import type { Clip } from '@dgprompt/clip';
import { normalised } from '@dgprompt/clip';
import { transformerWeights } from '@dgprompt/clip/towers';
import type { SeededRandom } from '@dgprompt/engine';
import { tensorRows } from '@dgprompt/engine/weights';
import * as tf from '@tensorflow/tfjs-core';
import { defineMethod } from '../method/define.js';
import { visionLayers } from './parts/depth.js';

/**
 * RPO (Lee et al., ICCV 2023): pairs of learned tokens that read the two towers and that nothing reads, so that CLIP's
 * own computation does not change. Logits are the mean over the pairs.
 *
 * The published code leaves underscores in class names, which CLIP reads as separate symbols; the paper's prompts have
 * words. `asWritten` replaces them with spaces, as most other methods do.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { rpo } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = rpo(await loadClip(miniClip), ['sun', 'moon'], { pairs: 4 });
 * console.log(method.options); // { pairs: 4, asWritten: false }
 * ```
 */
export const rpo = defineMethod({
  name: 'rpo',
  title: 'RPO',
  summary: 'pairs of learned tokens that read both towers and change nothing in them',
  options: {
    /** K, pairs of tokens. */
    pairs: 24,
    /** Spaces for underscores in class names. */
    asWritten: false,
  },
  ranges: { pairs: [1, 1024, 'whole'] },
  variants: { 'as-written': { asWritten: true } },
  searchStages: [['pairs=8', 'pairs=48']],
  recipe: ({ dataset }) => ({ lr: dataset === 'imagenet' ? 0.005 : 0.01, epochs: 15, batch: 4 }),
  build(clip, { pairs, asWritten }, random) {
    visionLayers(clip); // throws for a tower without tokens
    const variables = initial(clip, pairs, random); // [K, d_t], [K, d_v]
    return {
      variables,
      textFeatures(names, { templates: [template] }) {
        const readers = clip.textReaders(names, variables.text, { template, keepUnderscores: !asWritten }); // [C, K, e]
        return { features: middle(readers), perClass: { readers } };
      },
      imageFeatures(images) {
        const readers = clip.visionReaders(images, variables.vision); // [B, K, e]
        return { features: middle(readers), states: [readers] };
      },
      logits({ states, perClass }) {
        const [image, text] = [states![0]!, perClass!.readers!].map(rows) as [tf.Tensor2D, tf.Tensor2D]; // […, K · e]
        return tf.mul(tf.matMul(image, text, false, true), clip.logitScale / pairs); // [B, C]
      },
    };
  },
});

const rows = (readers: tf.Tensor) => tf.reshape(readers, [readers.shape[0]!, -1]);

const middle = (readers: tf.Tensor) => normalised(tf.mean(readers, 1)); // [N, e]

/**
 * As published: the end token's embedding and the class token (zeros in a tower that has none), each with noise of
 * length 0.1.
 */
function initial(clip: Clip, pairs: number, random: SeededRandom): { text: tf.Variable; vision: tf.Variable } {
  const { text, vision } = clip.weights;
  const near = (start: tf.Tensor) => {
    const width = start.size;
    const noise = random.normal<tf.Rank.R2>([pairs, width], 1);
    const lengths = tf.maximum(tf.norm(noise, 'euclidean', 1, true), 1e-12);
    return tf.variable(tf.add(tf.reshape(start, [1, width]), tf.mul(tf.div(noise, lengths), 0.1)));
  };
  return tf.tidy(() => ({
    text: near(tf.tensor1d(tensorRows(text.tokenEmbedding, [clip.tokenizer.end]))),
    vision: near(transformerWeights(vision).classEmbedding ?? tf.zeros([clip.config.vision.width])),
  }));
}
