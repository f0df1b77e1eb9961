import type { TowerChanges } from '@dgprompt/clip';
import type { SeededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { Variables } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { layersBetween, sharedLayers } from './parts/depth.js';
import { gradientTimes, type Linear, normalDrawn, through, zeros } from './parts/linear.js';

/** For all datasets, as published. */
const template = 'a photo of a {}.';

/** The adapters of one tower's block: d → w, and w → d; between them is a layer that both towers share. */
type Adapter = { down: Linear; up: Linear };

/**
 * MMA (Yang et al., CVPR 2024): adapters parallel to the upper blocks of both towers, which share the middle layer.
 * Their outputs are scaled down but, as in the published code, their gradients are not: the gradient is divided by the
 * factor at an adapter's output and multiplied by it at the input.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { mma } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = mma(await loadClip(miniClip), ['sun', 'moon'], { first: 2, last: 3 });
 * console.log(method.options); // { width: 32, first: 2, last: 3, scale: 0.001 }
 * ```
 */
export const mma = defineMethod({
  name: 'mma',
  title: 'MMA',
  summary: 'adapters beside the upper blocks, with a layer that both towers share',
  options: {
    /** w, width of the adapters. */
    width: 32,
    /** The first and the last block with adapters, counted from 1. */
    first: 5,
    last: 12,
    /** Factor of the adapters' outputs. */
    scale: 0.001,
  },
  ranges: { width: [1, 4096, 'whole'], first: [1, 100, 'whole'], last: [1, 100, 'whole'], scale: [1e-6, 1000] },
  searchStages: [['scale=0.01', 'scale=0.1']],
  limits: clip => ({ first: sharedLayers(clip), last: sharedLayers(clip) }),
  recipe: ({ dataset }) => ({
    ...{ lr: 0.0015, epochs: 5, batch: dataset === 'imagenet' ? 128 : 16 },
    schedule: { name: 'cosine' }, // no warm-up
  }),
  build(clip, { width, first, last, scale }, random) {
    const { text, vision } = clip.config;
    const count = layersBetween('mma', first, last);
    const each = <T>(make: () => T) => Array.from({ length: count }, make);
    const adapter = (d: number): Adapter => ({ down: layer(random, d, width), up: layer(random, width, d) });
    const variables = {
      text: each(() => adapter(text.width)),
      vision: each(() => adapter(vision.width)),
      shared: each(() => layer(random, width, width)),
    };
    const beside = (tower: Adapter[]): TowerChanges['beside'] => {
      return l => {
        const here = tower[l + 1 - first];
        const middle = variables.shared[l + 1 - first];
        if (!here || !middle) return undefined;
        return {
          block(normed) {
            const down = tf.relu(through(gradientTimes(normed, scale), here.down)); // [R, w]
            const up = through(tf.relu(through(down, middle)), here.up); // [R, d]
            return gradientTimes(tf.mul(up, scale), 1 / scale);
          },
        };
      };
    };
    return {
      variables: variables as unknown as Variables,
      textFeatures: names => clip.text(names, { template, beside: beside(variables.text) }), // [C, e]
      imageFeatures: images => clip.vision(images, { beside: beside(variables.vision) }), // [B, e]
    };
  },
});

/** As published: Kaiming's normal values by fan-out, bias zero. */
const layer = (random: SeededRandom, from: number, to: number): Linear => ({
  weight: normalDrawn(random, [from, to], Math.sqrt(2 / to)),
  bias: zeros([to]),
});
