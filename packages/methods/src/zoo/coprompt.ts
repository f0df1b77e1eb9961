import { normalised } from '@dgprompt/clip';
import { visionTower } from '@dgprompt/clip/towers';
import type { SeededRandom } from '@dgprompt/engine';
import { coupled, deepText } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import type { TaskInfo } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { sharedLayers } from './parts/depth.js';
import { cosineDistance } from './parts/distance.js';
import { drawn } from './parts/linear.js';
import { promptSrcTemplates } from './parts/promptsrc-templates.js';

/**
 * CoPrompt (Roy & Etemad, ICLR 2024): MaPLe's prompts and an adapter after each tower, kept consistent with the frozen
 * CLIP's features of another view of each image, and of one sentence about each class, both drawn for every step.
 *
 * Views are RandAugment's of whole images, as published. Without sentences about the classes (`descriptions`),
 * PromptSRC's 60 hand-written templates replace a language model's.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coprompt } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = coprompt(await loadClip(miniClip), ['sun', 'moon'], { depth: 2 });
 * console.log(method.options.adapter, method.options.consistency); // { image: 0.1, text: 0.2, reduction: 4 } 1
 * ```
 */
export const coprompt = defineMethod({
  name: 'coprompt',
  title: 'CoPrompt',
  summary: 'MaPLe with adapters, consistent with the frozen CLIP and class descriptions',
  options: {
    /** M, prompt tokens per layer in each tower. */
    tokens: 2,
    /** Number of layers with prompts. */
    depth: 9,
    /** Words whose embeddings initialise the first layer's text prompts. */
    init: 'a photo of a',
    /** Shares of the adapters in the features; e / reduction is their width, for a joint width of e. */
    adapter: { image: 0.1, text: 0.2, reduction: 4 },
    /** Weight of the distances to the frozen CLIP's features. */
    consistency: 1,
  },
  ranges: {
    tokens: [1, 1024, 'whole'],
    depth: [1, 100, 'whole'],
    adapter: { image: [0, 1], text: [0, 1], reduction: [1, 4096, 'whole'] },
    consistency: [0, 1e6],
  },
  variants: { 'no-consistency': { consistency: 0 } },
  ablations: ['no-consistency'],
  described: true,
  searchStages: [['consistency=0.1', 'consistency=8']],
  limits: clip => ({ depth: sharedLayers(clip) }),
  recipe,
  build(clip, { tokens, depth, init, adapter, consistency }, random) {
    const { embedDim, vision } = clip.config;
    const hidden = Math.floor(embedDim / adapter.reduction);
    if (hidden < 1)
      throw new Error(`coprompt: adapter.reduction is ${adapter.reduction}; it must be at most ${embedDim}.`);
    const text = deepText(clip, { tokens, depth, init }, random); // depth × [M, d_t]
    const visual = coupled(text, vision.width, random); // depth × [M, d_v]
    const adapters = { image: bottleneck(random, embedDim, hidden), text: bottleneck(random, embedDim, hidden) };
    return {
      context: text,
      variables: { text: text.variables, visual: visual.variables, adapters },
      textFeatures(names) {
        const raw = clip.text(names, { prompts: text, raw: true }); // [C, e]
        return adapted(raw, adapters.text, adapter.text);
      },
      imageFeatures(images) {
        const raw = visionTower(clip.weights.vision, clip.config, images, { prompts: visual }); // [B, e]
        return adapted(raw, adapters.image, adapter.image);
      },
      frozen: { templates: promptSrcTemplates, described: true, oneText: true, anotherView: true },
      loss({ crossEntropy, image, text: tuned, frozen, mask }) {
        const ofTexts = cosineDistance(tuned, frozen!.text);
        const ofImages = cosineDistance(image, frozen!.image, mask);
        return tf.add(crossEntropy, tf.mul(tf.add(ofTexts, ofImages), consistency));
      },
    };
  },
});

type Bottleneck = { down: tf.Variable; up: tf.Variable }; // [e, h], [h, e]

const bottleneck = (random: SeededRandom, width: number, hidden: number): Bottleneck => ({
  down: drawn(random, [width, hidden], width ** -0.5),
  up: drawn(random, [hidden, width], hidden ** -0.5),
});

/** Features blended with an adapter's output, L2-normalised: [N, e]. */
function adapted(raw: tf.Tensor, { down, up }: Bottleneck, share: number): tf.Tensor {
  const inner = tf.relu(tf.matMul(raw as tf.Tensor2D, down as tf.Tensor2D)) as tf.Tensor2D; // [N, h]
  const made = tf.relu(tf.matMul(inner, up as tf.Tensor2D));
  return normalised(tf.add(tf.mul(made, share), tf.mul(raw, 1 - share)));
}

/** Published settings by dataset: [depth, tokens, consistency]; the defaults for other datasets. */
const settings: Readonly<Record<string, readonly [number, number, number]>> = {
  imagenet: [12, 4, 8],
  'caltech-101': [12, 4, 4],
  oxford_pets: [12, 2, 0.1],
  stanford_cars: [12, 4, 4],
  oxford_flowers: [9, 4, 8],
  'food-101': [9, 4, 0.5],
  fgvc_aircraft: [9, 4, 2],
  sun397: [12, 4, 8],
  dtd: [12, 2, 8],
  eurosat: [12, 2, 0.1],
  ucf101: [12, 4, 2],
};

function recipe({ dataset }: TaskInfo) {
  const [depth, tokens, consistency] = settings[dataset] ?? [];
  const own = depth === undefined ? {} : { depth, tokens, consistency };
  return { lr: 0.0035, epochs: dataset === 'food-101' ? 5 : 8, batch: 4, augmentation: 'randaugment' as const, ...own };
}
