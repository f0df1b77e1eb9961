import { deepText, deepVisual } from '@dgprompt/prompts';
import { retention } from '@dgprompt/retention';
import * as tf from '@tensorflow/tfjs-core';
import type { TaskInfo } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { visionLayers } from './parts/depth.js';
import { epochAverage, noAverage } from './parts/epoch-average.js';
import { promptSrcTemplates } from './parts/promptsrc-templates.js';
import { noTexts } from './parts/retained.js';

/**
 * PromptSRC (Khattak et al., ICCV 2023): deep prompts in both towers, kept near the frozen CLIP by its features, its
 * predictions and a diversity of templates, and averaged over epochs.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { promptsrc } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = promptsrc(await loadClip(miniClip), ['sun', 'moon'], { average: { std: 5 } });
 * console.log(method.options.average); // { mean: 30, std: 5 }
 * ```
 */
export const promptsrc = defineMethod({
  name: 'promptsrc',
  title: 'PromptSRC',
  summary: 'prompts in both towers, regularised by the frozen CLIP',
  options: {
    /** M, prompt tokens per layer in the text tower, and in the vision tower. */
    textTokens: 4,
    visionTokens: 4,
    /** Number of layers with prompts in each tower. */
    textDepth: 9,
    visionDepth: 9,
    /**
     * Words whose embeddings initialise the first layer's text prompts; words beyond the first M stay in the prompt.
     */
    init: 'a photo of a',
    retention: {
      /** Weights of the distances of text features, image features and predictions to the frozen CLIP's. */
      text: 25,
      image: 10,
      logits: 1,
      /** Templates of the frozen text features, `{}` for the class name. */
      templates: promptSrcTemplates,
    },
    /**
     * Gaussian average of the prompts over epochs: the epoch with the largest weight (0: no average), and the deviation
     * in epochs.
     */
    average: { mean: 15, std: 1 },
  },
  ranges: {
    textTokens: [1, 1024, 'whole'],
    visionTokens: [1, 1024, 'whole'],
    textDepth: [1, 100, 'whole'],
    visionDepth: [1, 100, 'whole'],
    retention: { text: [0, 1e6], image: [0, 1e6], logits: [0, 1e6] },
    average: { mean: [0, 1e5], std: [0.001, 1e5] },
  },
  noEffect: ({ retention: { text, logits }, average }) => ({
    'retention.templates': text === 0 && logits === 0 && noTexts,
    'average.std': average.mean === 0 && noAverage,
  }),
  limits: clip => ({ textDepth: clip.config.text.layers, visionDepth: visionLayers(clip) }),
  recipe,
  build(clip, options, random, { classNames }) {
    const { textTokens, visionTokens, textDepth, visionDepth, init } = options;
    const text = deepText(clip, { tokens: textTokens, depth: textDepth, init }, random); // depth × [M, d_t]
    const visual = deepVisual(clip, { tokens: visionTokens, depth: visionDepth }, random); // depth × [M, d_v]
    const variables = { text: text.variables, visual: visual.variables };
    const { templates, ...at } = options.retention;
    // the published KL divides by batch × classes
    const weights = { ...at, logits: at.logits / classNames.length, states: 0 };
    return {
      context: text,
      variables,
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
      imageFeatures: images => clip.vision(images, { prompts: visual }), // [B, e]
      frozen: { templates, raw: true },
      loss: ({ crossEntropy, mask, frozen, ...tuned }) =>
        tf.add(crossEntropy, retention(tuned, frozen!, weights, mask)),
      ...epochAverage(variables, options.average),
    };
  },
});

/** Cars, Flowers, Aircraft, DTD and EuroSAT: few-shot runs on them weight late epochs most. */
const fine = ['stanford_cars', 'oxford_flowers', 'fgvc_aircraft', 'dtd', 'eurosat'];

function recipe({ protocol, dataset }: TaskInfo) {
  const common = { lr: 0.0025, batch: 4 };
  if (protocol === 'few-shot') {
    const average = fine.includes(dataset) ? { mean: 45, std: 5 } : { mean: 30, std: 30 };
    return { ...common, epochs: 50, average };
  }
  if (protocol === 'base-to-new') return { ...common, epochs: 20 };
  return { ...common, epochs: 20, textDepth: 3, visionDepth: 3, average: { mean: 6, std: 10 } };
}
