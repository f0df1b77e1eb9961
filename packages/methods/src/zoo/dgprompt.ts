import { type Clip, normalised } from '@dgprompt/clip';
import { guidance } from '@dgprompt/guidance';
import { coupled, deepText, deepVisual } from '@dgprompt/prompts';
import { retention, retentionWeights } from '@dgprompt/retention';
import * as tf from '@tensorflow/tfjs';
import { defineMethod } from '../method/define.js';
import type { MeanOverImages, PromptLearner, Variables } from '../method/types.js';
import { sharedLayers } from './parts/depth.js';
import { epochAverage } from './parts/epoch-average.js';
import { classSetTowers, lockStepTowers } from './parts/guided-towers.js';

/**
 * DGPrompt (Neural Networks 188, 2025, 107472): prompts of each tower are generated from the other's states, layer by layer, and
 * a retention term holds the tuned CLIP near the frozen one. Only the paper's abstract is public: what it leaves open is our
 * reading, and every choice is an option.
 */
export const dgprompt = defineMethod({
  name: 'dgprompt',
  options: {
    /** M, prompt tokens a layer in each tower. */
    tokens: 2,
    /** J, how many layers have prompts. */
    depth: 9,
    /** Words that the first layer's text prompts start as. */
    start: 'a photo of a',
    /** Visual prompts are linear functions of the text prompts, as MaPLe's, or learned freely. */
    base: 'coupled' as 'coupled' | 'free',
    /** What guides the text prompts: each image's own states, their average over the training images, or nothing. */
    visualContext: 'image' as 'image' | 'prototype' | 'none',
    /** What guides the visual prompts: the states of all classes, or nothing. */
    textContext: 'classes' as 'classes' | 'none',
    /** All lower layers guide, or the last alone. */
    hierarchical: true,
    /** Width of the generators' bottleneck. */
    rank: 64,
    /** The generators' learning rate, as a factor on the prompts'. */
    guidanceRate: 1,
    /** Constant factor on what the generators add. */
    guidanceScale: 1,
    /** The first guided layer. */
    guidanceFrom: 1,
    /** A learned gate starts at zero, in place of each generator's output projection. */
    gate: false,
    /** λ of the text features, the image features and the predictions, at a joint width of 512 (the first two scale with its root). */
    retainText: 25,
    retainImage: 10,
    retainLogits: 1,
    /** λ of the class-token states in the prompted layers, also at 512. */
    retainStates: 0,
    /** Templates of the frozen text features, `{}` where the class name goes. Default: the dataset's. */
    retainTemplates: [] as string[],
    /** Epoch that counts most in a Gaussian average of the prompts over epochs; 0 takes the last epoch's as they are. */
    averageMean: 0,
    averageStd: 1,
  },
  choices: {
    base: ['coupled', 'free'],
    visualContext: ['image', 'prototype', 'none'],
    textContext: ['classes', 'none'],
  },
  variants: {
    'no-image': { visualContext: 'none' },
    prototype: { visualContext: 'prototype' },
    'no-text': { textContext: 'none' },
    flat: { hierarchical: false },
    free: { base: 'free' },
    'no-retention': { retainText: 0, retainImage: 0, retainLogits: 0, retainStates: 0 },
  },
  limits: clip => ({ depth: sharedLayers(clip) }),
  recipe: () => ({ lr: 0.0035, epochs: 5, batch: 4 }), // MaPLe's
  build(clip, options, random, { templates }) {
    const { tokens, depth, start, base, visualContext, textContext, averageMean, averageStd } = options;
    const { text: textTower, vision: visionTower, embedDim } = clip.config;
    const [textWidth, visionWidth] = [textTower.width, visionTower.width]; // d_t, d_v

    const text = deepText(clip, { tokens, depth, start }, random); // J × [M, d_t]
    const visual =
      base === 'coupled' ? coupled(text, visionWidth, random) : deepVisual(clip, { tokens, depth }, random); // J × [M, d_v]
    const { rank, hierarchical, guidanceFrom: first, guidanceScale: scale, gate } = options;
    const generators = { tokens, depth, rank, hierarchical, first, scale, gate };
    const toText =
      visualContext === 'none' ? undefined : guidance({ ...generators, from: visionWidth, to: textWidth }, random);
    const toVision =
      textContext === 'none' ? undefined : guidance({ ...generators, from: textWidth, to: visionWidth }, random);
    const prompts = { text, visual, toText, toVision };
    const prototype = visualContext === 'prototype' ? tf.variable(tf.zeros([depth, 1, visionWidth]), false) : undefined;

    const variables: Variables = {
      text: text.variables,
      visual: visual.variables,
      ...(toText && { toText: toText.variables }),
      ...(toVision && { toVision: toVision.variables }),
    };
    const average = averageMean > 0 ? epochAverage(variables, { mean: averageMean, std: averageStd }) : undefined;
    return {
      context: text,
      variables,
      state: { ...(prototype && { prototype }), ...(average && { average: average.state }) },
      lrScale: { toText: options.guidanceRate, toVision: options.guidanceRate },
      ...(visualContext === 'image' ? lockStepTowers(clip, prompts) : classSetTowers(clip, prompts, prototype)),
      ...retained(options, { templates, embedDim, visionWidth }),
      prepare: prototype && (meanOf => averageStates(clip, prototype, meanOf)),
      afterEpoch: average?.afterEpoch,
    };
  },
});

/** Cross-entropy + R, and what of the frozen CLIP that takes. */
function retained(
  { depth, retainText, retainImage, retainLogits, retainStates, retainTemplates }: Retained,
  { templates, embedDim, visionWidth }: { templates: string[]; embedDim: number; visionWidth: number },
): Pick<PromptLearner, 'frozen' | 'loss'> {
  const at512 = { text: retainText, image: retainImage, logits: retainLogits, states: retainStates };
  const weights = retentionWeights(embedDim, at512, visionWidth);
  if (Object.values(weights).every(weight => weight === 0)) return {};
  const ofPrompted = (states: tf.Tensor[] = []) => states.slice(1, depth).map(normalised); // (J − 1) × [B, d_v]
  return {
    frozen: { templates: retainTemplates.length > 0 ? retainTemplates : templates, states: weights.states > 0 },
    loss: ({ crossEntropy, mask, frozen, ...tuned }) => {
      const [now, before] = [tuned, frozen!].map(side => ({ ...side, states: ofPrompted(side.states) }));
      return tf.add(crossEntropy, retention(now!, before!, weights, mask));
    },
  };
}

interface Retained {
  depth: number;
  retainText: number;
  retainImage: number;
  retainLogits: number;
  retainStates: number;
  retainTemplates: string[];
}

/** The class-token states of the frozen CLIP, averaged over the training images, into the prototype [J, 1, d_v]. */
async function averageStates(clip: Clip, prototype: tf.Variable, meanOf: MeanOverImages): Promise<void> {
  const depth = prototype.shape[0]!;
  const states = await meanOf(images => clip.visionStates(images).states.slice(0, depth)); // J × [d_v]
  tf.tidy(() => prototype.assign(tf.reshape(tf.stack(states), prototype.shape)));
  tf.dispose(states);
}
