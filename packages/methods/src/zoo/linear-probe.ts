import * as tf from '@tensorflow/tfjs-core';
import type { LabelledFeatures } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import {
  correctOf,
  type LinearClassifier,
  type LogisticRegression,
  logisticRegression,
} from './parts/logistic-regression.js';

/**
 * Linear probe (Radford et al., ICML 2021; CoOp's baseline, Zhou et al., IJCV 2022): logistic regression on the frozen
 * CLIP's image features, found by L-BFGS, its penalty chosen on validation images. The published one uses features as
 * they leave the tower; here they are L2-normalised, as everywhere else, which the search compensates for.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { linearProbe } from '@dgprompt/methods';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = linearProbe(await loadClip(miniClip), ['sun', 'moon'], { c: 0.5 });
 * console.log(method.options); // { c: 0.5, steps: 8, iterations: 1000 }
 * ```
 */
export const linearProbe = defineMethod({
  name: 'linear-probe',
  title: 'linear probe',
  summary: 'logistic regression on frozen image features',
  options: {
    /** C, inverse weight of the penalty on the weights; 0: searched on validation images (1 without any). */
    c: 0,
    /** Halvings of the interval around the best power of a hundred. */
    steps: 8,
    /** Maximum number of iterations per fit. */
    iterations: 1000,
  },
  ranges: { c: [0, 1e9], steps: [0, 50, 'whole'], iterations: [1, 1e6, 'whole'] },
  noEffect: ({ c }) => ({ steps: c > 0 && 'C is not searched while c is given' }),
  searchStages: false, // it does its own search
  recipe: () => ({ lr: 1, epochs: 0, batch: 1 }), // one fit replaces all epochs
  build(clip, { c, steps, iterations }, _random, { classNames }) {
    const [classes, width] = [classNames.length, clip.config.embedDim];
    const weight = tf.tidy(() => tf.variable(tf.zeros([classes, width]))); // [C, e]
    const bias = tf.tidy(() => tf.variable(tf.zeros([classes]))); // [C]
    return {
      variables: { weight, bias },
      classSpecific: true,
      textFeatures: () => tf.mul(weight, 1), // instead of texts; a tensor that can be disposed
      logits: ({ image, text }) => tf.add(tf.matMul(image, text, false, true), bias) as tf.Tensor2D, // [B, C]
      async fit({ validation, signal, ...data }) {
        const regression = logisticRegression(data, classes, { iterations, signal });
        try {
          const best =
            c > 0 || !validation ? await regression.fit(c || 1) : await searched(regression, validation, steps);
          tf.tidy(() => {
            weight.assign(tf.tensor2d(best.weight, [classes, width]));
            bias.assign(tf.tensor1d(best.bias));
          });
          return { loss: best.loss };
        } finally {
          await regression.dispose();
        }
      },
    };
  },
});

/**
 * CoOp's search: the best of 1e6, 1e4, … 1e-6, then the better end of an interval around it, halved on a logarithmic
 * scale.
 */
async function searched(
  regression: LogisticRegression,
  validation: LabelledFeatures,
  steps: number,
): Promise<LinearClassifier> {
  const seen = new Map<number, { fit: LinearClassifier; correct: number }>();
  const tried = async (exponent: number) => {
    const fit = seen.get(exponent)?.fit ?? (await regression.fit(10 ** exponent));
    const result = { fit, correct: correctOf(fit, validation) };
    seen.set(exponent, result);
    return result;
  };
  let peak = 6;
  for (const exponent of [6, 4, 2, 0, -2, -4, -6])
    if ((await tried(exponent)).correct > (await tried(peak)).correct) peak = exponent;
  let [low, high] = [peak - 1, peak + 1];
  let best = (await tried(peak)).fit;
  for (let step = 0; step < steps; step++) {
    const [left, right] = [await tried(low), await tried(high)];
    const middle = (low + high) / 2;
    if (left.correct < right.correct) [best, low] = [right.fit, middle];
    else [best, high] = [left.fit, middle];
  }
  return best;
}
