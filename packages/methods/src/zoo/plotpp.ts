import { normalised, type TextPrompts } from '@dgprompt/clip';
import { visionTower } from '@dgprompt/clip/towers';
import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import { cosineLogits } from '../learner/logits.js';
import type { Variables } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { visionLayers } from './parts/depth.js';
import { normalDrawn } from './parts/linear.js';
import { plotPlusPlusWords } from './parts/plotpp-words.js';
import { sinkhornChoices, sinkhornRanges, transported } from './parts/sinkhorn.js';

/**
 * PLOT++ (Chen et al., published with PLOT): PLOT for vision transformers, whose images have one feature for each of
 * several visual prompts, matched with several contexts by optimal transport. The visual prompts are trained first,
 * with the hand-written words and with the logits of the pooled features added; then both.
 *
 * Published runs of all seeds start their second half from the first half of seed 1, with a new optimizer; here each
 * seed has its own, and momentum carries over. In the published code, the fourth vector of ImageNet's "this is a"
 * replaces the first token of the class names; here it is noise before them. Sinkhorn's rounds stop as in `plot`.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { plotpp } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = plotpp(await loadClip(miniClip), ['sun', 'moon'], { prompts: 2 });
 * console.log(method.recipe.epochs, method.recipe.schedule!.repeat); // 100 2
 * ```
 */
export const plotpp = defineMethod({
  name: 'plotpp',
  title: 'PLOT++',
  summary: 'several visual prompts and contexts, matched by optimal transport',
  options: {
    /** M, visual prompts; each gives an image a feature. */
    prompts: 4,
    /** Tokens of each. */
    tokens: 2,
    /**
     * Words that initialise the contexts, each with as many vectors as the first has tokens; further words stay words.
     */
    words: ['a photo of a', 'this is a photo', 'this is picture of', 'one picture of a'],
    /** What is trained: first the visual prompts and then `both`, or only one of these stages. */
    stage: 'two' as 'two' | 'vision' | 'both',
    /** Adds the logits of the pooled features, as training of the visual prompts alone always does. */
    pooled: false,
    /** Entropy of the transport plan. */
    eps: 0.1,
    /** Maximum number of Sinkhorn's rounds. */
    rounds: 100,
    /** Stops after a round whose mean change is below this. */
    change: 0.01,
    /** What the change is averaged over. */
    stop: 'image' as 'image' | 'batch',
  },
  ranges: {
    prompts: [1, 64, 'whole'],
    tokens: [1, 1024, 'whole'],
    ...sinkhornRanges,
  },
  choices: { stage: ['two', 'vision', 'both'], ...sinkhornChoices },
  noEffect: ({ stage }) => ({ pooled: stage === 'vision' && 'the pooled logits are always added with stage=vision' }),
  variants: {
    both: { stage: 'both', epochs: 50, schedule: { repeat: 1 } } as object,
    vision: { stage: 'vision', epochs: 50, schedule: { repeat: 1 } } as object,
  },
  ablations: ['both', 'vision'],
  searchStages: [['prompts=2', 'prompts=8']],
  recipe: ({ dataset }) => ({
    ...{ lr: 0.002, epochs: 100, batch: 32 },
    schedule: { name: 'cosine', warmup: { epochs: 1, kind: 'constant', lr: 1e-5 }, repeat: 2 },
    ...(plotPlusPlusWords[dataset] ? { words: plotPlusPlusWords[dataset] } : {}),
  }),
  build(clip, { prompts, tokens, words, stage, pooled, ...sinkhorn }, random) {
    visionLayers(clip); // throws for a tower without tokens
    const length = clip.tokenizer.encode(words[0] ?? '').length;
    if (length === 0) throw new Error('plotpp: the first of words is empty; give words such as "a photo of a".');
    const each = words.map(init => textContext(clip, { tokens: length, init }, random)); // N × [n, d_t]
    const contexts = each.map(({ variables: { context } }) => context as tf.Variable);
    const stacked = () => tf.tidy(() => tf.variable(tf.stack(contexts)));
    const text = stacked(); // [N, n, d_t]
    const vision = normalDrawn(random, [prompts, tokens, clip.config.vision.width], 0.02); // [M, T, d_v]
    const halves =
      stage === 'two' ? { written: stacked(), second: tf.tidy(() => tf.variable(tf.scalar(0))) } : undefined;
    tf.dispose(contexts);

    /** Input of the text tower: hand-written words while the visual prompts are trained alone. */
    const read = () => {
      if (!halves) return text;
      const { written, second } = halves;
      return tf.add(tf.mul(text, second), tf.mul(written, tf.sub(1, second)));
    };
    const context = (n: number, all: () => tf.Tensor): TextPrompts => ({
      ...{ tokens: length, position: 'end', words: each[n]!.words },
      layer: l => (l === 0 ? tf.squeeze(tf.slice(all(), [n, 0, 0], [1, -1, -1]), [0]) : undefined),
    });
    return {
      context: words.map((_, n) => context(n, read)),
      variables: (stage === 'vision' ? { vision } : { text, vision }) as Variables,
      state: { ...(stage === 'vision' && { text }), ...halves },
      textFeatures(classes) {
        const all = read();
        const features = words.map((_, n) => clip.text(classes, { prompts: context(n, () => all), raw: true }));
        const stackedFeatures = tf.stack(features, 1); // [C, N, e]
        return {
          features: normalised(tf.mean(stackedFeatures, 1)),
          perClass: { prompts: normalised(stackedFeatures) },
        };
      },
      imageFeatures(images) {
        const [batch] = images.shape;
        const { width } = clip.config.vision;
        const ofAll = tf.tile(tf.expandDims(vision, 1), [1, batch, 1, 1]); // [M, B, T, d_v]
        const layer = (l: number) => (l === 0 ? tf.reshape(ofAll, [prompts * batch, tokens, width]) : undefined);
        const again = tf.tile(images, [prompts, 1, 1, 1]) as tf.Tensor4D; // [M · B, 3, R, R]
        const rows = visionTower(clip.weights.vision, clip.config, again, { prompts: { layer } }); // [M · B, e]
        const ofImage = tf.transpose(tf.reshape(rows, [prompts, batch, clip.config.embedDim]), [1, 0, 2]); // [B, M, e]
        return { features: normalised(tf.mean(ofImage, 1)), states: [normalised(ofImage)] };
      },
      logits(features) {
        const similarity = transported(features.states![0]!, features.perClass!.prompts!, sinkhorn); // [B, C]
        const logits = tf.mul(similarity, clip.logitScale) as tf.Tensor2D;
        if (!halves && !pooled && stage === 'both') return logits;
        const ofPooled = cosineLogits(features, clip.logitScale);
        const isFirst = halves && !pooled ? tf.sub(1, halves.second) : 1;
        return tf.add(logits, tf.mul(ofPooled, isFirst));
      },
      afterEpoch(epoch, epochs) {
        if (!halves || epoch !== Math.ceil(epochs / 2)) return;
        text.assign(halves.written);
        tf.tidy(() => halves.second.assign(tf.scalar(1)));
      },
    };
  },
});
