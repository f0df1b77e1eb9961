import { DEFAULT_TEMPLATE } from '@dgprompt/clip';
import { quickGelu } from '@dgprompt/engine';
import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import type { TaskInfo } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { linear, through } from './parts/linear.js';

/**
 * TCP (Yao et al., CVPR 2024): CoOp's context, replaced inside the text tower by class-aware tokens, which a small
 * network makes from the hand-written prompt's features; text features are kept close to those.
 *
 * The published weight of the class-aware tokens has no effect in the code, which replaces the context altogether.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { tcp } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = tcp(await loadClip(miniClip), ['sun', 'moon'], { layer: 2 });
 * console.log(method.options); // { tokens: 4, words: 'a photo of a {}.', layer: 2, reduction: 4, knowledge: 8 }
 * ```
 */
export const tcp = defineMethod({
  name: 'tcp',
  title: 'TCP',
  summary: 'class-aware tokens in the text tower, made of hand-written prompts',
  options: {
    /** M, learned context vectors, and class-aware tokens that replace them. */
    tokens: 4,
    /** The prompt, whose first M tokens the context replaces. */
    words: DEFAULT_TEMPLATE,
    /** The layer of the text tower that the class-aware tokens enter, counted from 0. */
    layer: 8,
    /** The network has ⌊e / reduction⌋ hidden units, for a joint width of e. */
    reduction: 4,
    /** Weight of the distance to the hand-written prompt's features. */
    knowledge: 8,
  },
  ranges: { tokens: [1, 1024, 'whole'], layer: [1, 100, 'whole'], reduction: [1, 4096, 'whole'], knowledge: [0, 1e6] },
  variants: { 'no-knowledge': { knowledge: 0 } },
  ablations: ['no-knowledge'],
  searchStages: [['knowledge=2', 'knowledge=16']],
  limits: clip => ({ layer: clip.config.text.layers - 1 }),
  recipe,
  build(clip, { tokens, words, layer, reduction, knowledge }, random, { dataset }) {
    const { embedDim, text: tower } = clip.config;
    const text = { ...textContext(clip, { tokens }, random), words }; // [M, d_t]
    const wordsOf = words === publishedWords(dataset) ? publishedWords : () => words; // of the tested dataset
    const hidden = Math.floor(embedDim / reduction);
    if (hidden < 1)
      throw new Error(`tcp: reduction is ${reduction}; it must be at most ${embedDim}, the width of the features.`);
    const down = linear(random, embedDim, hidden);
    const up = linear(random, hidden, tokens * tower.width);
    return {
      context: text,
      variables: { ...text.variables, metaNet: { down, up } },
      conditionedOn: ['templates'],
      frozen: {},
      textFeatures(classes, { text: written, dataset }) {
        const made = through(quickGelu(through(written!, down)), up); // [C, M · d_t]
        const aware = tf.reshape(made, [classes.length, tokens, tower.width]); // [C, M, d_t]
        const at = (l: number) => (l === layer ? aware : text.layer(l));
        return clip.text(classes, { prompts: { ...text, words: wordsOf(dataset), layer: at } }); // [C, e]
      },
      loss({ crossEntropy, text: tuned, frozen }) {
        const cosines = tf.sum(tf.mul(tuned, frozen!.text), -1); // [C]
        return tf.add(crossEntropy, tf.mul(tf.sub(1, tf.mean(cosines)), knowledge));
      },
    };
  },
});

/** Published prompts of datasets. */
const datasetWords: Readonly<Record<string, string>> = {
  oxford_pets: 'a photo of a {}, a type of pet.',
  oxford_flowers: 'a photo of a {}, a type of flower.',
  fgvc_aircraft: 'a photo of a {}, a type of aircraft.',
  dtd: 'a photo of a {} texture.',
  stanford_cars: 'a photo of a {}, a type of car',
  'food-101': 'a photo of a {}, a type of food.',
  ucf101: 'a photo of a person doing {}.',
};

const publishedWords = (dataset: string): string => datasetWords[dataset] ?? DEFAULT_TEMPLATE;

/** 50 epochs; SUN397 and ImageNet stop after half of their schedule. */
function recipe({ dataset }: TaskInfo) {
  const long = ['sun397', 'imagenet'].includes(dataset);
  return {
    ...{ lr: 0.002, batch: 32, epochs: long ? 25 : 50 },
    optimizer: { name: 'adam' as const, eps: 1e-3, weightDecay: 5e-4 },
    ...(datasetWords[dataset] ? { words: datasetWords[dataset] } : {}),
    schedule: {
      name: 'cosine' as const,
      period: 50,
      warmup: { epochs: 1, kind: 'constant' as const, lr: 1e-5 },
    },
  };
}
