import { type Clip, normalised, type TextPrompts } from '@dgprompt/clip';
import { deepText } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import type { TaskInfo, Variables } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { sharedLayers } from './parts/depth.js';
import { cosineDistance } from './parts/distance.js';
import { normalDrawn } from './parts/linear.js';
import { promptFlow } from './parts/prompt-flow.js';
import { promptSrcTemplates } from './parts/promptsrc-templates.js';

/**
 * HiCroPL (Zheng et al., ICCV 2025): deep prompts in both towers. In lower layers the visual prompts read the text
 * prompts, in upper layers the other way round; features are averaged with the frozen CLIP's, and kept near them.
 *
 * The paper trains the networks through which prompts read each other; the published code, which produced its numbers,
 * overwrites the prompts with their output in every pass without a gradient, so that the networks stay as initialised.
 * `asWritten` follows the paper.
 *
 * Published evaluations also overwrite the prompts, so that logits depend on the number of earlier batches; here all
 * logits are as in the first batch. Without sentences about the classes (`descriptions`), the dataset's and PromptSRC's
 * templates replace a language model's.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { hicropl } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = hicropl(await loadClip(miniClip), ['sun', 'moon'], { tokens: 4, depth: 3, cross: 2 });
 * console.log(method.options.cross, Object.keys(method.learner.variables)); // 2 [ 'text', 'visual' ]
 * ```
 */
export const hicropl = defineMethod({
  name: 'hicropl',
  title: 'HiCroPL',
  summary: 'deep prompts of both towers that read each other; features averaged with CLIP’s',
  options: {
    /** M, prompt tokens per layer in each tower. */
    tokens: 16,
    /** Number of layers with prompts. */
    depth: 12,
    /** Number of them in which the visual prompts read the text prompts; in the others the text prompts read. */
    cross: 6,
    /** Heads of the attention by which prompts read; fewer if they do not divide the towers' widths. */
    heads: 8,
    /** Words that initialise the first layer's text prompts if `tokens` is at most 4; otherwise they start as noise. */
    init: 'a photo of a',
    /** Weight of the distances of text and image features to the frozen CLIP's. */
    knowledge: 12,
    /** Trains the networks through which prompts read each other. */
    asWritten: false,
  },
  ranges: {
    tokens: [1, 1024, 'whole'],
    depth: [2, 100, 'whole'],
    cross: [1, 99, 'whole'],
    heads: [1, 1024, 'whole'],
    knowledge: [0, 1e6],
  },
  variants: { 'as-written': { asWritten: true }, 'no-knowledge': { knowledge: 0 } },
  ablations: ['as-written', 'no-knowledge'],
  described: true,
  searchStages: [['knowledge=4', 'knowledge=24']],
  limits: (clip, { depth, heads }) => ({
    heads: mostHeads(clip, heads),
    depth: sharedLayers(clip),
    cross: Math.max(1, Math.min(depth, sharedLayers(clip)) - 1),
  }),
  noEffect: ({ tokens }) => ({ init: tokens > 4 && 'more than 4 tokens start as noise' }),
  recipe,
  build(clip, { tokens, depth, cross, heads, init, knowledge, asWritten }, random) {
    const { vision } = clip.config;
    if (cross >= depth)
      throw new Error(`hicropl: cross is ${cross}; it must be below depth, which is ${depth}, so that texts read too.`);
    const text = deepText(clip, { tokens, depth, init: tokens <= 4 ? init : '' }, random); // depth × [M, d_t]
    const first = normalDrawn(random, [tokens, vision.width], 0.02); // all layers start the same, as published
    const copy = () => tf.tidy(() => tf.variable(first.clone()));
    const visual = Array.from({ length: depth }, (_, l) => (l === 0 ? first : copy())); // depth × [M, d_v]
    const { weights, ...flow } = promptFlow(random, { text: text.variables, visual }, { cross, heads, asWritten });
    const prompts = (): TextPrompts => {
      const upper = flow.upperText();
      return { ...text, layer: l => (l < cross ? text.layer(l) : upper[l - cross]) };
    };
    return {
      context: text,
      variables: { text: text.variables, visual, ...(asWritten && { flow: weights }) } as Variables,
      ...(asWritten ? {} : { state: { flow: weights } as unknown as Variables }),
      conditionedOn: ['templates'],
      frozen: { templates: own => [...new Set([...promptSrcTemplates, ...own])], described: true },
      textFeatures: (names, { text: written }) =>
        normalised(tf.add(clip.text(names, { prompts: prompts() }), written!)), // [C, e]
      imageFeatures(images, _text, { image: frozen = clip.vision(images) }) {
        const lower = flow.lowerVisual();
        const own = clip.vision(images, { prompts: { layer: l => (l < cross ? lower[l] : visual[l]) } });
        return normalised(tf.add(own, frozen)); // [B, e]
      },
      loss({ crossEntropy, image, text: tuned, frozen, mask }) {
        const distances = tf.add(cosineDistance(tuned, frozen!.text), cosineDistance(image, frozen!.image, mask));
        return tf.add(crossEntropy, tf.mul(distances, knowledge));
      },
      ...(asWritten ? {} : { beforeUpdate: flow.write }),
    };
  },
});

/** The largest number of heads, at most `most`, that divides the widths of both towers. */
function mostHeads({ config: { text, vision } }: Clip, most: number): number {
  const divides = (count: number) => text.width % count === 0 && vision.width % count === 0;
  return Array.from({ length: most }, (_, i) => most - i).find(divides) ?? 1;
}

function recipe({ protocol, dataset }: TaskInfo) {
  const common = { lr: 0.0025, optimizer: { name: 'adam' as const, eps: 1e-3, weightDecay: 5e-4 } };
  if (protocol === 'cross-dataset' || protocol === 'domain-generalization')
    return { ...common, epochs: 5, batch: 32, tokens: 2, depth: 6, cross: 5 };
  return dataset === 'imagenet' ? { ...common, epochs: 40, batch: 128 } : { ...common, epochs: 50, batch: 32 };
}
