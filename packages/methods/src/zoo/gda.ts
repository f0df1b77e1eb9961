import { compile } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { checkEveryClass } from '../learner/items.js';
import { cosineLogits } from '../learner/logits.js';
import type { FeaturePair, LabelledFeatures } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { gaussianClassifier, neighbourClassifier } from './parts/gaussians.js';
import { zeros } from './parts/linear.js';
import { ownLabels } from './parts/own-classes.js';

/**
 * GDA (Wang et al., ICLR 2024): Gaussians of the shots' features, a mean for each class and one covariance, whose
 * classifier is added to zero-shot CLIP. Nothing is trained; its weight is searched on validation images. Classes
 * without shots get Gaussians from the images nearest to their texts.
 *
 * Two differences from the published code: in base-to-new it inverts the mean of the classes' covariances without
 * shrinkage, while the paper's formula is used here; and its neighbours are single views, here images, each represented
 * by the mean of its views.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { gda } from '@dgprompt/methods/zoo';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = gda(await loadClip(miniClip), ['sun', 'moon'], { shots: 4, alpha: 2, search: 'none' });
 * console.log(method.options); // { alpha: 2, search: 'none', passes: 10, neighbours: 64, copies: 16 }
 * ```
 */
export const gda = defineMethod({
  name: 'gda',
  title: 'GDA',
  summary: 'Gaussians of the shots’ features beside zero-shot CLIP; nothing is trained',
  options: {
    /** Weight of the Gaussians' classifier, unless it is searched. */
    alpha: 0.1,
    /** Where alpha is searched, from 0.0001 to 100: on validation images (the above without any), or not at all. */
    search: 'validation' as 'validation' | 'none',
    /** Augmented views of each shot; 1 if views are fixed. */
    passes: 10,
    /** Nearest images of a class without shots. */
    neighbours: 64,
    /** Copies of its text added to them in its mean. */
    copies: 16,
  },
  ranges: {
    alpha: [0, 1e4],
    passes: [1, 1000, 'whole'],
    neighbours: [2, 4096, 'whole'],
    copies: [0, 4096, 'whole'],
  },
  choices: { search: ['validation', 'none'] },
  variants: { 'no-search': { search: 'none' }, plain: { passes: 1 } },
  ablations: ['no-search', 'plain'],
  searchStages: false, // it does its own search
  recipe: () => ({ lr: 1, epochs: 0, batch: 1 }), // nothing is trained
  build(clip, { alpha, search, passes, ...near }, _random, { classNames, images }) {
    const [classes, width] = [classNames.length, clip.config.embedDim];
    const weight = zeros([classes, width]) as tf.Variable<tf.Rank.R2>; // [C, e]
    const bias = zeros([classes]) as tf.Variable<tf.Rank.R1>; // [C]
    const keys = zeros([images, width]) as tf.Variable<tf.Rank.R2>; // [N, e]
    const chosen = tf.tidy(() => tf.variable(tf.scalar(alpha)));

    /** The Gaussians' classifier for any classes, in order. */
    function classifierOf(names: string[], text: tf.Tensor2D) {
      const own = ownLabels(classNames, names);
      const others = [...own.keys()].filter(row => own[row]! < 0);
      if (others.length === 0) return { weight: rows(weight, own), bias: rows(bias, own) };
      const made = neighbourClassifier(rows(text, others), keys, near);
      const place = own.map((label, row) => (label < 0 ? classes + others.indexOf(row) : label));
      return {
        weight: rows(tf.concat([weight, made.weight]), place),
        bias: rows(tf.concat([bias, made.bias]), place),
      };
    }

    const logits = ({ image, text, perClass }: FeaturePair): tf.Tensor2D => {
      const { weight: W, bias: b } = perClass!;
      const gaussian = tf.add(tf.matMul(image, W as tf.Tensor2D, false, true), b!); // [B, C]
      return tf.add(cosineLogits({ image, text }, clip.logitScale), tf.mul(gaussian, chosen)) as tf.Tensor2D;
    };

    /** The weight that gives the most correct answers on validation images. */
    async function searchedOn({ features, labels }: LabelledFeatures, text: tf.Tensor2D, signal?: AbortSignal) {
      const classesOf = compile((image: tf.Tensor2D, ofText: tf.Tensor2D) =>
        tf.argMax(logits({ image, text: ofText, perClass: { weight, bias } }), -1),
      );
      let best = { value: alpha, correct: 0 };
      try {
        for (const value of searched) {
          signal?.throwIfAborted();
          tf.tidy(() => chosen.assign(tf.scalar(value)));
          const found = await classesOf(features, text);
          const classes = await found.data();
          found.dispose();
          const correct = labels.reduce((sum, label, i) => sum + (classes[i] === label ? 1 : 0), 0);
          if (correct > best.correct) best = { value, correct };
        }
      } finally {
        await classesOf.dispose();
      }
      return best.value;
    }

    return {
      variables: {},
      state: { weight, bias, keys, alpha: chosen },
      readsAugmented: true,
      conditionedOn: ['templates'],
      textFeatures: (names, { text }) => ({
        features: tf.mul(text!, 1), // [C, e]
        perClass: classifierOf(names, text as tf.Tensor2D),
      }),
      logits, // [B, C]
      async fit({ features, labels, augmented, validation, text, signal }) {
        if (labels.length !== images)
          throw new Error(
            `gda: it was made for ${images} training images, but gets ${labels.length}; make it from the dataset that it learns from, or give images=${labels.length}.`,
          );
        checkEveryClass('gda', 'a Gaussian', classNames, labels);
        const views: Float32Array[] = [];
        for (let k = 0; k < (augmented ? passes : 1); k++) {
          const seen = augmented ? await augmented(x => clip.vision(x), k) : features;
          views.push((await seen.data()).slice() as Float32Array);
          if (augmented) seen.dispose();
        }
        signal?.throwIfAborted();
        const made = await gaussianClassifier(views, labels, classes, width);
        tf.tidy(() => {
          weight.assign(tf.tensor2d(made.weight, [classes, width]));
          bias.assign(tf.tensor1d(made.bias));
          keys.assign(tf.tensor2d(meanOf(views), [images, width]));
          chosen.assign(tf.scalar(alpha));
        });
        if (search === 'none' || !validation) return undefined;
        const value = await searchedOn(validation, text!, signal);
        tf.tidy(() => chosen.assign(tf.scalar(value)));
        return undefined;
      },
    };
  },
});

/** The published grid of alpha. */
const searched = [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100];

const rows = <T extends tf.Tensor>(of: T, at: number[]): T => tf.gather(of, tf.tensor1d(at, 'int32'));

function meanOf(views: readonly Float32Array[]): Float32Array {
  const mean = new Float64Array(views[0]!.length);
  for (const values of views) for (let i = 0; i < mean.length; i++) mean[i]! += values[i]! / views.length;
  return Float32Array.from(mean);
}
