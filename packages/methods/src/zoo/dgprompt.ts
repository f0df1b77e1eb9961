import { coupled, deepText, deepVisual } from '@dgprompt/prompts';
import type { PromptLearner } from '../learner/types.js';
import { meanOfViews } from '../learner/views.js';
import { idleMemory, memoryChoices, memoryRanges, withMemory } from '../learner/with-memory.js';
import { defineMethod } from '../method/define.js';
import { blended } from './parts/blended.js';
import { classEvidence } from './parts/class-evidence.js';
import { classGuidedTowers } from './parts/class-guided-towers.js';
import { adaptedBeforeTests, classSetPrompts } from './parts/class-set-prompts.js';
import { cropAttention } from './parts/crop-attention.js';
import { sharedLayers } from './parts/depth.js';
import { dualGuidance, guidanceConditions, idleGuidance } from './parts/dual-guidance.js';
import { epochAverage, noAverage } from './parts/epoch-average.js';
import { noTexts, retained } from './parts/retained.js';

/**
 * DGPrompt (Neural Networks 188, 2025, 107472). Only the abstract is public; this is our second reading of it:
 *
 * - Both towers have M prompt tokens in each of their first J layers, as in MaPLe.
 * - Image → text: the shots of a class guide the text of this class alone. Tokens are generated from the class's states
 *   in the vision tower, and a class memory shifts its text feature.
 * - Text → image: the end-token states of all classes guide the visual prompts, in training only a random half of the
 *   classes; in tests with several views, the classes also decide which views count.
 * - Hierarchical: a layer is guided by the states of all lower layers.
 * - Classes without shots have no evidence: their prompts are the learned ones, and they are compared with centred
 *   images.
 * - Retention: the loss adds distances of features and predictions to the frozen CLIP's, and a test may blend both
 *   models' features.
 * - Every choice that the abstract leaves open is an option below, and `ablations` remove or replace each part.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { dgprompt } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = dgprompt(await loadClip(miniClip), ['sun', 'moon'], { average: { mean: 4 } });
 * console.log(method.options.average, Object.keys(method.learner.variables));
 * // { mean: 4, std: 1 } [ 'text', 'visual', 'toText', 'toVision' ]
 * ```
 */
export const dgprompt = defineMethod({
  name: 'dgprompt',
  title: 'DGPrompt',
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
      /** What generates additions to the text prompts of a class: its shots' states, or nothing. */
      image: 'shots' as 'shots' | 'none',
      /**
       * What guides the visual prompts: the states of all classes; nothing; or the class names and unlabelled images of
       * a test, before it (`adapted`), which changes the CLIP that features are blended with.
       */
      text: 'classes' as 'classes' | 'adapted' | 'none',
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
      /** Share of the classes in a training step, so that visual prompts see many class sets; 1 for all classes. */
      episode: 0.5,
      /** How several views of a test image become one: by the class set's attention, or as their mean. */
      views: 'attention' as 'attention' | 'mean',
    },
    /** See `classMemory` of `@dgprompt/guidance`. */
    memory: {
      /** λ, weight of the visual evidence of classes with shots; 0 for none. */
      strength: 1.5,
      /** ρ, how much classes with similar names share it. */
      ridge: 1,
      /** Images are centred by this share of the shots' mean, for classes without shots. */
      centring: 0.75,
      /** How classes with and without shots are separated when both occur: see `MemorySettings`. */
      joint: 'mass' as 'mass' | 'offset',
      /** Share of the cross-entropy that treats the classes as unseen; 1 trains prompts without the memory. */
      hidden: 1,
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
      /** Whether frozen image features are those of the whole image, computed once, or of the view in training. */
      view: 'whole' as 'whole' | 'same',
      /** Share of the frozen CLIP's features in a test, which then takes a second pass through the vision tower. */
      blend: 0,
    },
    /**
     * Gaussian average of the prompts over epochs: the epoch with the largest weight (0: no average), and the deviation
     * in epochs.
     */
    average: { mean: 0, std: 1 },
  },
  choices: {
    base: ['coupled', 'free'],
    guidance: { image: ['shots', 'none'], text: ['classes', 'adapted', 'none'], views: ['attention', 'mean'] },
    memory: memoryChoices,
    retention: { view: ['whole', 'same'] },
  },
  ranges: {
    tokens: [1, 1024, 'whole'],
    depth: [1, 100, 'whole'],
    guidance: {
      rank: [1, 8192, 'whole'],
      lrScale: [0, 1000],
      scale: [-1000, 1000],
      from: [1, 100, 'whole'],
      episode: [0, 1],
    },
    memory: { ...memoryRanges, hidden: [0, 1] },
    retention: { text: [0, 1e6], image: [0, 1e6], logits: [0, 1e6], states: [0, 1e6], blend: [0, 1] },
    average: { mean: [0, 1e5], std: [0.001, 1e5] },
  },
  variants: {
    'no-image': { guidance: { image: 'none' }, memory: { strength: 0 } },
    'no-tokens': { guidance: { image: 'none' } },
    'no-shift': { memory: { strength: 0 } },
    'no-memory': { memory: { strength: 0, centring: 0 } },
    'no-text': { guidance: { text: 'none' } },
    flat: { guidance: { hierarchical: false } },
    'no-retention': { retention: { text: 0, image: 0, logits: 0, states: 0, blend: 0 } },
    free: { base: 'free' },
    /** Transductive: the method sees a test's images, without labels, before the test. */
    adapted: { guidance: { text: 'adapted' }, retention: { blend: 0.75 } },
    /** MaPLe with retention: both directions of guidance and the memory are off. */
    plain: { guidance: { image: 'none', text: 'none' }, memory: { strength: 0, centring: 0 }, retention: { blend: 0 } },
  },
  ablations: ['no-image', 'no-tokens', 'no-shift', 'no-memory', 'no-text', 'flat', 'no-retention', 'free'],
  searchStages: [['retention.blend=0.75'], ['average.mean=4'], ['guidance.text=none']],
  noEffect: options => {
    const { guidance, memory, retention, average } = options;
    return {
      ...idleGuidance(options),
      ...idleMemory(memory),
      'guidance.episode':
        guidance.text !== 'classes' && `steps see all classes while guidance.text is ${guidance.text}`,
      'retention.view':
        retention.image === 0 &&
        retention.logits === 0 &&
        retention.states === 0 &&
        'the loss compares no images while retention.image, logits and states are 0',
      'retention.templates': retention.text === 0 && retention.logits === 0 && noTexts,
      'average.std': average.mean === 0 && noAverage,
    };
  },
  limits: clip => ({ depth: sharedLayers(clip) }),
  recipe: () => ({ lr: 0.0035, epochs: 5, batch: 4 }), // MaPLe's
  build(clip, options, random, { classNames }) {
    const { tokens, depth, init, base, guidance, memory, retention } = options;
    const width = clip.config.vision.width; // d_v
    const text = deepText(clip, { tokens, depth, init }, random); // J × [M, d_t]
    // J × [M, d_v]
    const visual = base === 'coupled' ? coupled(text, width, random) : deepVisual(clip, { tokens, depth }, random);
    const guides = dualGuidance(clip, options, random);
    const set = guidance.text === 'adapted' && classSetPrompts(clip, tokens, random);
    if (set && retention.blend === 0)
      throw new Error(
        'dgprompt: guidance.text=adapted changes the CLIP that features are blended with; give retention.blend, 0.75 say.',
      );
    const evidence = guides.toText && classEvidence(clip, classNames, depth); // J × [C, 1, d_v]
    const towers = classGuidedTowers(clip, { text, visual, ...guides, evidence });
    const variables = { text: text.variables, visual: visual.variables, ...guides.variables };
    const average = epochAverage(variables, options.average);
    const prompts: PromptLearner = {
      context: text,
      variables,
      state: { ...evidence?.state, ...average.state },
      groups: guides.groups,
      conditionedOn: guidanceConditions(options),
      ...(guides.toVision && { episode: Math.ceil(guidance.episode * classNames.length) }),
      ...towers,
      ...retained(clip, options),
      fit: evidence?.fit,
      afterEpoch: average.afterEpoch,
    };
    const tested = blended(clip, prompts, retention.blend);
    const remembers = memory.strength > 0 || memory.centring > 0;
    const remembering = remembers ? withMemory('dgprompt', tested, clip, classNames, memory) : tested;
    const guided = set
      ? adaptedBeforeTests(remembering, set, blended(clip, prompts, retention.blend, set.vision))
      : remembering;
    return { ...guided, poolViews: guidance.views === 'attention' ? cropAttention(guided) : meanOfViews };
  },
});
