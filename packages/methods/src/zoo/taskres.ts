import * as tf from '@tensorflow/tfjs-core';
import { defineMethod } from '../method/define.js';
import { zeros } from './parts/linear.js';
import { templateMean, unitRows } from './parts/template-mean.js';
import { textProjection } from './parts/text-projection.js';

/**
 * TaskRes (Yu et al., CVPR 2023): a learned residual on each class's text feature. The base is the mean over templates
 * of unnormalised features, with the underscores of class names, as in the published code; its enhanced base is CLIP
 * with a tuned text projection, which the authors offer as files.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { taskres } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = taskres(await loadClip(miniClip), ['sun', 'moon'], { shots: 4, protocol: 'few-shot' });
 * console.log(method.options, method.recipe.epochs); // { scale: 0.5, enhanced: '' } 100
 * ```
 */
export const taskres = defineMethod({
  name: 'taskres',
  title: 'TaskRes',
  summary: 'a learned residual on each class’s text feature',
  options: {
    /** Factor of the residual. */
    scale: 0.5,
    /** File of a tuned text projection (the enhanced base). Default: none, the CLIP's own */
    enhanced: '',
  },
  ranges: { scale: [0, 1e3] },
  files: ['enhanced'],
  searchStages: [['scale=0.25', 'scale=1', 'scale=2']],
  recipe: ({ dataset, shots }) => ({
    lr: dataset === 'imagenet' ? 2e-4 : 2e-3,
    epochs: shots > 4 ? 200 : 100,
    batch: 256,
    optimizer: { name: 'adam', weightDecay: 5e-4 },
    ...(dataset === 'oxford_flowers' ? { scale: 1 } : {}),
  }),
  build(clip, { scale, enhanced }, _random, { classNames, templates }) {
    const shape = [classNames.length, clip.config.embedDim];
    const residual = zeros(shape); // [C, e]
    const base = zeros(shape); // [C, e]
    return {
      variables: { residual },
      state: { base },
      classSpecific: true,
      textFeatures: () => unitRows(tf.add(base, tf.mul(residual, scale))), // [C, e]
      async fit({ signal }) {
        const projection = enhanced ? await textProjection(enhanced, clip) : undefined;
        const mean = await templateMean(clip, classNames, templates, { projection, signal });
        base.assign(mean);
        tf.dispose(projection ? [mean, projection] : [mean]);
        return undefined;
      },
    };
  },
});
