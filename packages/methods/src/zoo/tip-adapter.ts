import { visionTower } from '@dgprompt/clip/towers';
import { defineMethod } from '../method/define.js';
import { searchGrid } from './parts/cache-grid.js';
import { cacheLogits, cacheTexts, emptyCache, fillCache } from './parts/feature-cache.js';
import { searchedOn } from './parts/searched-on.js';
import { tipSettings } from './parts/tip-settings.js';

/** Options of Tip-Adapter with and without training. */
export const tipOptions = {
  /** Weight of the cache relative to zero-shot CLIP, unless it is searched. */
  alpha: 1.17,
  /** Sharpness of the cache, likewise. */
  beta: 1,
  /**
   * Where alpha and beta are searched: on validation images (the above without any), on test images as in the published
   * scripts, or not at all.
   */
  search: 'validation' as 'validation' | 'test' | 'none',
  /** Upper ends of the grid, which starts at 0.1. */
  scale: { beta: 7, alpha: 3 },
  /** Values on each axis of the grid. */
  steps: { beta: 200, alpha: 20 },
  /** Augmented views of each shot, whose mean is its key; 1 if views are fixed. */
  passes: 10,
};

/** Words allowed for `search`. */
export const tipSearches = ['validation', 'test', 'none'] as const;

/** Their ranges. */
export const tipRanges = {
  alpha: [0, 1e4],
  beta: [0, 1e4],
  scale: { beta: [0.1, 1e4], alpha: [0.1, 1e4] },
  steps: { beta: [1, 1e4, 'whole'], alpha: [1, 1e4, 'whole'] },
  passes: [1, 1000, 'whole'],
} as const;

/**
 * Tip-Adapter (Zhang et al., ECCV 2022): a cache of the shots' features votes together with zero-shot CLIP. Nothing is
 * trained; the votes' weight and sharpness are searched on validation images, as in the published code where a dataset
 * has them. Some of its scripts search on test images, as `tip-adapter:test-search` does; its numbers are too high.
 * Classes without shots get no votes.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { tipAdapter } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = tipAdapter(await loadClip(miniClip), ['sun', 'moon'], { shots: 4, alpha: 2 });
 * console.log(method.learner.state!.keys); // Variable { … shape: [ 8, 128 ], …
 * ```
 */
export const tipAdapter = defineMethod({
  name: 'tip-adapter',
  title: 'Tip-Adapter',
  summary: 'a cache of the shots’ features votes beside zero-shot CLIP; nothing is trained',
  options: tipOptions,
  ranges: tipRanges,
  choices: { search: tipSearches },
  variants: { 'test-search': { search: 'test' }, 'no-search': { search: 'none' }, plain: { passes: 1 } },
  ablations: ['no-search', 'plain'],
  searchStages: false, // it does its own search
  noEffect: ({ search }) => ({
    scale: search === 'none' && 'nothing is searched with search=none',
    steps: search === 'none' && 'nothing is searched with search=none',
  }),
  // nothing is trained
  recipe: ({ dataset }) => ({ lr: 1, epochs: 0, batch: 1, cropScale: 0.5, ...tipSettings(dataset) }),
  build(clip, { alpha, beta, search, passes, ...grid }, _random, { classNames, images }) {
    const cache = emptyCache(images, clip.config.embedDim, { alpha, beta });
    return {
      variables: {},
      state: { ...cache },
      readsTest: search === 'test',
      readsAugmented: true,
      conditionedOn: ['templates'],
      textFeatures: (names, { text }) => cacheTexts(classNames, names, text!), // [C, e]
      logits: features => cacheLogits(cache, features, classNames.length), // [B, C]
      async fit(shots) {
        const { text, signal } = shots;
        const chooseBy = searchedOn('tip-adapter', search, shots);
        const fit = await fillCache('tip-adapter', cache, shots, {
          passes,
          features: x => visionTower(clip.weights.vision, clip.config, x),
        });
        if (chooseBy) {
          const features = (await chooseBy.features.data()) as Float32Array;
          await searchGrid(cache, text!, { features, labels: chooseBy.labels }, { ...grid, signal });
        }
        return fit;
      },
    };
  },
});
