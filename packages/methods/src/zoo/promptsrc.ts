import { deepText, deepVisual } from '@dgprompt/prompts';
import { retention } from '@dgprompt/retention';
import * as tf from '@tensorflow/tfjs';
import { defineMethod } from '../method/define.js';
import type { TaskInfo } from '../method/types.js';
import { visionLayers } from './parts/depth.js';
import { epochAverage } from './parts/epoch-average.js';
import { promptSrcTemplates } from './parts/promptsrc-templates.js';

/**
 * PromptSRC (Khattak et al., ICCV 2023): deep prompts in both towers, held near the frozen CLIP by its features, its predictions and
 * a diversity of templates, and averaged over epochs.
 */
export const promptsrc = defineMethod({
  name: 'promptsrc',
  options: {
    /** M, prompt tokens a layer in the text tower, and in the vision tower. */
    textTokens: 4,
    visionTokens: 4,
    /** How many layers of each tower have prompts. */
    textDepth: 9,
    visionDepth: 9,
    /** Words that the first layer's text prompts start as; words beyond the M first stay as they are. */
    start: 'a photo of a',
    /** Weights of the distances of text features, image features and predictions to the frozen CLIP's. */
    retainText: 25,
    retainImage: 10,
    retainLogits: 1,
    /** Templates of the frozen text features, `{}` where the class name goes. */
    retainTemplates: promptSrcTemplates,
    /** The epoch that counts most in the Gaussian average of the prompts, and its deviation in epochs; 0: the last epoch's as they are. */
    averageMean: 15,
    averageStd: 1,
  },
  limits: clip => ({ textDepth: clip.config.text.layers, visionDepth: visionLayers(clip) }),
  recipe,
  build(clip, options, random, { classNames }) {
    const { textTokens, visionTokens, textDepth, visionDepth, start, averageMean, averageStd } = options;
    const text = deepText(clip, { tokens: textTokens, depth: textDepth, start }, random); // depth × [M, d_t]
    const visual = deepVisual(clip, { tokens: visionTokens, depth: visionDepth }, random); // depth × [M, d_v]
    const variables = { text: text.variables, visual: visual.variables };
    const average = averageMean > 0 ? epochAverage(variables, { mean: averageMean, std: averageStd }) : undefined;
    const weights = {
      text: options.retainText,
      image: options.retainImage,
      logits: options.retainLogits / classNames.length, // the published KL divides by batch × classes
      states: 0,
    };
    return {
      context: text,
      variables,
      textFeatures: classes => clip.text(classes, { prompts: text }), // [C, e]
      imageFeatures: images => clip.vision(images, { prompts: visual }), // [B, e]
      frozen: { templates: options.retainTemplates, raw: true },
      loss: ({ crossEntropy, mask, frozen, ...tuned }) =>
        tf.add(crossEntropy, retention(tuned, frozen!, weights, mask)),
      ...(average && { state: { average: average.state }, afterEpoch: average.afterEpoch }),
    };
  },
});

/** Cars, Flowers, Aircraft, DTD and EuroSAT: few-shot runs on them count late epochs most. */
const fine = ['stanford_cars', 'oxford_flowers', 'fgvc_aircraft', 'dtd', 'eurosat'];

function recipe({ protocol, dataset }: TaskInfo) {
  const common = { lr: 0.0025, batch: 4 };
  if (protocol === 'few-shot') {
    const [averageMean, averageStd] = fine.includes(dataset) ? [45, 5] : [30, 30];
    return { ...common, epochs: 50, averageMean, averageStd };
  }
  if (protocol === 'base-to-new') return { ...common, epochs: 20 };
  return { ...common, epochs: 20, textDepth: 3, visionDepth: 3, averageMean: 6, averageStd: 10 };
}
