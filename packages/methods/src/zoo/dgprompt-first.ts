import { coupled, deepText, deepVisual } from '@dgprompt/prompts';
import { defineMethod } from '../method/define.js';
import { sharedLayers } from './parts/depth.js';
import { dualGuidance, guidanceConditions, idleGuidance } from './parts/dual-guidance.js';
import { epochAverage, noAverage } from './parts/epoch-average.js';
import { guidedTowers } from './parts/guided-towers.js';
import { noTexts, retained } from './parts/retained.js';
import { statePrototype } from './parts/state-prototype.js';

/**
 * Our first reading of DGPrompt's abstract, kept so that its tables can be reproduced; `dgprompt` is the second. Tables
 * and `explain` show that its guidance carries no information: another image's states work just as well
 * (docs/explained/dgprompt.md).
 *
 * - Both towers have M prompt tokens in each of their first J layers, as in MaPLe.
 * - Dual guidance: a small attention module per layer turns the other tower's states into an addition to the prompts.
 * - Image → text: the class-token states of each image guide the text prompts, so text features are per image.
 * - Text → image: the end-token states of all classes guide the visual prompts.
 * - Hierarchical: a layer is guided by the states of all lower layers.
 * - All additions are zero at first, so that training starts from plain prompts, as in MaPLe.
 * - Retention: the loss adds distances of features and predictions to the frozen CLIP's.
 * - Every choice that the abstract leaves open is an option below, and `ablations` remove or replace each part.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { dgpromptFirst } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = dgpromptFirst(await loadClip(miniClip), ['sun', 'moon'], { average: { mean: 4 } });
 * console.log(method.options.average, Object.keys(method.learner.variables));
 * // { mean: 4, std: 1 } [ 'text', 'visual', 'toText', 'toVision' ]
 * ```
 */
export const dgpromptFirst = defineMethod({
  name: 'dgprompt-first',
  title: 'DGPrompt, first reading',
  summary: 'prompts guided by both towers, layer by layer, that retain what CLIP knows',
  options: {
    /** M, prompt tokens per layer in each tower. */
    tokens: 2,
    /** J, number of layers with prompts. */
    depth: 9,
    /** Words whose embeddings initialise the first layer's text prompts. */
    init: 'a photo of a',
    /** Visual prompts are linear functions of the text prompts (as in MaPLe), or learned freely. */
    base: 'coupled' as 'coupled' | 'free',
    guidance: {
      /** What guides the text prompts: each image's own states, their mean over the training images, or nothing. */
      image: 'image' as 'image' | 'prototype' | 'none',
      /** What guides the visual prompts: the states of all classes, or nothing. */
      text: 'classes' as 'classes' | 'none',
      /** Whether the states of all lower layers guide (true), or only those of the last one (false). */
      hierarchical: true,
      /** Width of the generators' bottleneck. */
      rank: 64,
      /** The generators' learning rate, relative to the prompts'. */
      lrScale: 1,
      /** Constant factor on the generators' output. */
      scale: 1,
      /** The first guided layer. */
      from: 1,
      /** A learned gate starts at zero, instead of each generator's output projection. */
      gate: false,
    },
    retention: {
      /**
       * λ of text features, image features and predictions at a joint width of 512; the first two scale with its square
       * root.
       */
      text: 25,
      image: 10,
      logits: 1,
      /** λ of the class-token states in the prompted layers, also at 512. */
      states: 0,
      /** Templates of the frozen text features, `{}` for the class name. Default: the dataset's. */
      templates: [] as string[],
    },
    /**
     * Gaussian average of the prompts over epochs: the epoch with the largest weight (0: no average), and the deviation
     * in epochs.
     */
    average: { mean: 0, std: 1 },
  },
  choices: {
    base: ['coupled', 'free'],
    guidance: { image: ['image', 'prototype', 'none'], text: ['classes', 'none'] },
  },
  ranges: {
    tokens: [1, 1024, 'whole'],
    depth: [1, 100, 'whole'],
    guidance: { rank: [1, 8192, 'whole'], lrScale: [0, 1000], scale: [-1000, 1000], from: [1, 100, 'whole'] },
    retention: { text: [0, 1e6], image: [0, 1e6], logits: [0, 1e6], states: [0, 1e6] },
    average: { mean: [0, 1e5], std: [0.001, 1e5] },
  },
  variants: {
    'no-image': { guidance: { image: 'none' } },
    'no-text': { guidance: { text: 'none' } },
    flat: { guidance: { hierarchical: false } },
    'no-retention': { retention: { text: 0, image: 0, logits: 0, states: 0 } },
    free: { base: 'free' },
    prototype: { guidance: { image: 'prototype' } },
  },
  ablations: ['no-image', 'no-text', 'flat', 'no-retention', 'free', 'prototype'],
  searchStages: [
    [
      'retention.text=12.5+retention.image=5+retention.logits=0.5',
      'retention.text=6.25+retention.image=2.5+retention.logits=0.25',
    ],
    ['guidance.lrScale=0.3', 'guidance.lrScale=3'],
    ['guidance.gate=true'],
    ['guidance.from=3'],
    ['guidance.image=prototype'],
  ],
  noEffect: options => {
    const { retention, average } = options;
    return {
      ...idleGuidance(options),
      'retention.templates': retention.text === 0 && retention.logits === 0 && noTexts,
      'average.std': average.mean === 0 && noAverage,
    };
  },
  limits: clip => ({ depth: sharedLayers(clip) }),
  recipe: () => ({ lr: 0.0035, epochs: 5, batch: 4 }), // MaPLe's
  build(clip, options, random) {
    const { tokens, depth, init, base, guidance } = options;
    const width = clip.config.vision.width; // d_v
    const text = deepText(clip, { tokens, depth, init }, random); // J × [M, d_t]
    // J × [M, d_v]
    const visual = base === 'coupled' ? coupled(text, width, random) : deepVisual(clip, { tokens, depth }, random);
    const guides = dualGuidance(clip, options, random);
    const prototype = guidance.image === 'prototype' ? statePrototype(clip, depth) : undefined;
    const variables = { text: text.variables, visual: visual.variables, ...guides.variables };
    const average = epochAverage(variables, options.average);
    return {
      context: text,
      variables,
      conditionedOn: guidanceConditions(options),
      state: { ...prototype?.state, ...average.state },
      groups: guides.groups,
      ...guidedTowers(clip, { text, visual, ...guides }, guidance.image === 'image' ? 'image' : prototype?.states),
      ...retained(clip, options),
      fit: prototype?.fit,
      afterEpoch: average.afterEpoch,
    };
  },
});
