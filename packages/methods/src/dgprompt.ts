import { guidance } from '@dgprompt/guidance';
import { coupled, deepText, deepVisual } from '@dgprompt/prompts';
import { retention, retentionWeights } from '@dgprompt/retention';
import * as tf from '@tensorflow/tfjs';
import { defineMethod } from './define-method.js';
import { sharedLayers } from './depth.js';
import { epochAverage } from './epoch-average.js';
import type { Parts, Variables } from './method.js';

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
    const { tokens, depth, start, visualContext, textContext, rank, hierarchical, gate, guidanceRate } = options;
    const { retainTemplates, averageMean, averageStd } = options;
    const [d_t, d_v] = [clip.config.text.width, clip.config.vision.width];
    const text = deepText(clip, { tokens, depth, start }, random); // J × [M, d_t]
    const visual =
      options.base === 'coupled' ? coupled(text, d_v, random) : deepVisual(clip, { tokens, depth }, random);
    const generators = {
      tokens,
      depth,
      rank,
      hierarchical,
      gate,
      first: options.guidanceFrom,
      scale: options.guidanceScale,
    };
    const toText = visualContext !== 'none' ? guidance({ ...generators, from: d_v, to: d_t }, random) : undefined;
    const toVision = textContext !== 'none' ? guidance({ ...generators, from: d_t, to: d_v }, random) : undefined;
    const prototype = visualContext === 'prototype' ? tf.variable(tf.zeros([depth, 1, d_v]), false) : undefined;

    /** P_text^l + G^l(v^1 … v^l): [M, d_t] of states [1, d_v], or [B, 1, M, d_t] of each image's own states [B, 1, d_v]. */
    const textPrompts = (layer: number, states: tf.Tensor[]) => {
      const prompts = sum(text.layer(layer), toText?.at(layer, states));
      return prompts?.rank === 3 ? tf.expandDims(prompts, 1) : prompts;
    };
    /** P_vision^l + G^l(t^1 … t^l): [M, d_v] of states [C, d_t], or [B, M, d_v] of states [B, C, d_t]. */
    const visualPrompts = (layer: number, states: tf.Tensor[]) => sum(visual.layer(layer), toVision?.at(layer, states));

    const weights = retentionWeights(
      clip.config.embedDim,
      {
        text: options.retainText,
        image: options.retainImage,
        logits: options.retainLogits,
        states: options.retainStates,
      },
      d_v,
    );
    const prompted = (states: tf.Tensor[]) => (weights.states > 0 ? { states: states.slice(1, depth).map(unit) } : {});
    const variables: Variables = {
      text: text.variables,
      visual: visual.variables,
      ...(toText && { toText: toText.variables }),
      ...(toVision && { toVision: toVision.variables }),
    };
    const average = averageMean > 0 ? epochAverage(variables, { mean: averageMean, std: averageStd }) : undefined;

    const perImage: Partial<Parts> = {
      features(images, classNames) {
        const {
          image,
          text: textual,
          states,
        } = clip.lockStep(images, classNames, {
          ...text,
          text: (layer, seen) =>
            textPrompts(
              layer,
              seen.vision.map(state => tf.expandDims(state, 1)),
            ),
          vision: (layer, seen) => visualPrompts(layer, seen.text),
        });
        return { image, text: textual, ...prompted(states.vision) };
      },
    };
    const perClassSet: Partial<Parts> = {
      textFeatures(classNames) {
        const states = prototype ? tf.unstack(prototype) : [];
        return clip.textStates(classNames, { prompts: { ...text, layer: l => textPrompts(l, states) } });
      },
      imageFeatures(images, { states: seen = [] }) {
        const { features, states } = clip.visionStates(images, { prompts: { layer: l => visualPrompts(l, seen) } });
        return { features, ...prompted(states) };
      },
    };
    return {
      variables,
      state: { ...(prototype && { prototype }), ...(average && { average: average.state }) },
      rates: { toText: guidanceRate, toVision: guidanceRate },
      ...(visualContext === 'image' ? perImage : perClassSet),
      ...(Object.values(weights).some(weight => weight > 0) && {
        frozen: {
          templates: retainTemplates.length > 0 ? retainTemplates : templates,
          layers: weights.states > 0 ? depth : 0,
        },
        loss: ({ crossEntropy, frozen, rows, ...tuned }) =>
          tf.add(crossEntropy, retention(tuned, frozen!, weights, rows)),
      }),
      ...(prototype && {
        async prepare(meanOf) {
          const states = await meanOf(images => clip.visionStates(images).states.slice(0, depth)); // depth × [d_v]
          tf.tidy(() => prototype.assign(tf.reshape(tf.stack(states), [depth, 1, d_v])));
          tf.dispose(states);
        },
      }),
      afterEpoch: average?.afterEpoch,
    };
  },
});

const sum = (prompts?: tf.Tensor, added?: tf.Tensor) => (prompts && added ? tf.add(prompts, added) : prompts);
const unit = (x: tf.Tensor) => tf.mul(x, tf.rsqrt(tf.sum(tf.square(x), -1, true)));
