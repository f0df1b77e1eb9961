import { compile } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { defineMethod } from '../method/define.js';
import { zeros } from './parts/linear.js';
import { templateMean, unitRows } from './parts/template-mean.js';

/**
 * CLAP (Silva-Rodríguez et al., CVPR 2024): class prototypes that start at the text features and are held near them,
 * each class as firmly as zero-shot CLIP is confident about its shots. Prototypes and text features are not normalised
 * in the constraint, and class names keep their underscores, as in the published code. The published loop draws 20
 * augmented views of each shot once and sees a twentieth of them in an epoch, which is `cacheFeatures: 20`; by default
 * every epoch here draws new views.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { clap } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = clap(await loadClip(miniClip), ['sun', 'moon'], { constraint: 0 });
 * console.log(method.options, method.recipe.epochs); // { constraint: 0, passes: 20 } 300
 * ```
 */
export const clap = defineMethod({
  name: 'clap',
  title: 'CLAP',
  summary: 'class prototypes, held near the text features where zero-shot CLIP is sure',
  options: {
    /** Factor of the constraint; 0 is the paper's baseline ZS-LP. */
    constraint: 1,
    /** Augmented views of each shot from which each class's weight is computed; 1 if views are fixed. */
    passes: 20,
  },
  ranges: { constraint: [0, 1e4], passes: [1, 1000, 'whole'] },
  variants: { free: { constraint: 0 } },
  ablations: ['free'],
  searchStages: [['constraint=0.25', 'constraint=4']],
  noEffect: ({ constraint }) => ({ passes: constraint === 0 && 'nothing is weighted while constraint is 0' }),
  recipe: () => ({
    lr: 0.1,
    epochs: 300,
    batch: 256,
    optimizer: { name: 'sgd', momentum: 0.9, weightDecay: 0 },
  }),
  build(clip, { constraint, passes }, _random, { classNames, templates }) {
    const [classes, width] = [classNames.length, clip.config.embedDim];
    const [prototypes, base] = [zeros([classes, width]), zeros([classes, width])]; // [C, e]
    const lagrange = zeros([classes]); // [C]
    return {
      variables: { prototypes },
      state: { base, lagrange },
      classSpecific: true,
      readsAugmented: true,
      textFeatures: () => unitRows(prototypes), // [C, e]
      loss({ crossEntropy }) {
        const distances = tf.sum(tf.square(tf.sub(prototypes, base)), 1); // [C]
        return tf.add(crossEntropy, tf.mul(tf.mean(tf.mul(distances, lagrange)), constraint)) as tf.Scalar;
      },
      async fit({ features, labels, augmented, signal }) {
        const mean = await templateMean(clip, classNames, templates, { signal });
        base.assign(mean);
        prototypes.assign(mean);
        mean.dispose();
        // [N, C]
        const truth = tf.tidy(
          () => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32') as tf.Tensor2D,
        );
        const trust = compile((rows: tf.Tensor2D) => {
          const probability = tf.softmax(tf.mul(tf.matMul(rows, unitRows(base), false, true), clip.logitScale));
          return tf.sum(tf.mul(probability, truth), 0); // [C]
        });
        const count = augmented ? passes : 1;
        for (let k = 0; k < count; k++) {
          const rows = augmented ? await augmented(images => clip.vision(images), k) : features;
          const sum = await trust(rows);
          tf.tidy(() => {
            const share = tf.div(sum, tf.mul(tf.maximum(tf.sum(truth, 0), 1), count));
            lagrange.assign((k === 0 ? share : tf.add(lagrange, share)) as tf.Tensor1D);
          });
          tf.dispose(augmented ? [rows, sum] : [sum]);
        }
        truth.dispose();
        await trust.dispose();
        return undefined;
      },
    };
  },
});
