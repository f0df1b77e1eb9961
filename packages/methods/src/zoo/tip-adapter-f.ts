import { visionTower } from '@dgprompt/clip/towers';
import * as tf from '@tensorflow/tfjs-core';
import { defineMethod } from '../method/define.js';
import { type KeptFeatures, searchGrid } from './parts/cache-grid.js';
import { cacheLogits, cacheTexts, emptyCache, fillCache } from './parts/feature-cache.js';
import { searchedOn } from './parts/searched-on.js';
import { tipSettings } from './parts/tip-settings.js';
import { tipOptions, tipRanges, tipSearches } from './tip-adapter.js';

/**
 * Tip-Adapter-F (Zhang et al., ECCV 2022): Tip-Adapter's cache, whose keys are trained; alpha and beta are searched
 * after training. The published loop keeps the epoch that is best on the test images; here the last one is kept, or the
 * best on validation images with `keep: 'best'`.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { tipAdapterF } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = tipAdapterF(await loadClip(miniClip), ['sun', 'moon'], { shots: 4 });
 * console.log(method.recipe.epochs, method.recipe.optimizer!.name); // 20 adamw
 * ```
 */
export const tipAdapterF = defineMethod({
  name: 'tip-adapter-f',
  title: 'Tip-Adapter-F',
  summary: 'Tip-Adapter, whose cached features are trained',
  options: tipOptions,
  ranges: tipRanges,
  choices: { search: tipSearches },
  variants: { 'test-search': { search: 'test' }, 'no-search': { search: 'none' } },
  ablations: ['no-search'],
  noEffect: ({ search }) => ({
    scale: search === 'none' && 'nothing is searched with search=none',
    steps: search === 'none' && 'nothing is searched with search=none',
  }),
  recipe: ({ dataset }) => ({
    lr: 0.001,
    epochs: dataset === 'eurosat' ? 100 : 20,
    batch: 256,
    keepLast: true,
    cropScale: 0.5,
    optimizer: { name: 'adamw', eps: 1e-4 },
    schedule: { name: 'cosine', per: 'step' },
    ...tipSettings(dataset),
  }),
  build(clip, { alpha, beta, search, passes, ...grid }, _random, { classNames, images }) {
    const cache = emptyCache(images, clip.config.embedDim, { alpha, beta });
    const { keys, ...state } = cache;
    let chooseBy: (KeptFeatures & { text: Float32Array; classes: number }) | undefined;
    return {
      variables: { keys },
      state,
      readsTest: search === 'test',
      readsAugmented: true,
      conditionedOn: ['templates'],
      textFeatures: (names, { text }) => cacheTexts(classNames, names, text!), // [C, e]
      logits: features => cacheLogits(cache, features, classNames.length), // [B, C]
      async fit(shots) {
        const on = searchedOn('tip-adapter-f', search, shots);
        if (on)
          chooseBy = {
            features: (await on.features.data()).slice() as Float32Array,
            labels: on.labels,
            text: (await shots.text!.data()).slice() as Float32Array,
            classes: shots.classCount,
          };
        return fillCache('tip-adapter-f', cache, shots, {
          passes,
          features: x => visionTower(clip.weights.vision, clip.config, x),
        });
      },
      async afterTraining() {
        if (!chooseBy) return;
        const text = tf.tensor2d(chooseBy.text, [chooseBy.classes, clip.config.embedDim]);
        await searchGrid(cache, text, chooseBy, grid);
        text.dispose();
      },
    };
  },
});
