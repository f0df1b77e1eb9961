import { leaves, mapTree } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import type { PromptLearner, Variables } from '../../learner/types.js';

/** A Gaussian over epochs. */
export interface AverageOptions {
  /** The epoch with the largest weight; 0 for no average. */
  mean: number;
  /** Deviation in epochs, above 0. */
  std: number;
}

/** Why an average's deviation may have no effect. */
export const noAverage = 'there is no average while average.mean is 0';

/**
 * The weight of each epoch in the average: a Gaussian over the epochs 1 … n, summing to 1.
 *
 * @param epochs n
 * @throws one sentence if no epoch has a weight above 0
 */
export function gaussianWeights(epochs: number, { mean, std }: AverageOptions): number[] {
  const heights = Array.from({ length: epochs }, (_, i) => Math.exp(-((i + 1 - mean) ** 2) / (2 * std * std)));
  const total = heights.reduce((sum, height) => sum + height, 0);
  if (!(total > 0))
    throw new Error(
      `A Gaussian with mean ${mean} and deviation ${std} has no weight on epochs 1 to ${epochs}; move its mean.`,
    );
  return heights.map(height => height / total);
}

/**
 * Gaussian-weighted averaging of prompts over epochs, as in PromptSRC (Khattak et al., ICCV 2023): training continues
 * from the latest prompts, and the average replaces them after the last epoch.
 *
 * @returns the weighted sum so far and the hook that updates it; nothing without an average
 *
 * @example
 * ```ts
 * import { epochAverage } from '@dgprompt/methods/zoo';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const x = tf.variable(tf.scalar(1));
 * const { afterEpoch } = epochAverage({ x }, { mean: 1.5, std: 1 });
 * await afterEpoch?.(1, 2);
 * x.assign(tf.scalar(3));
 * await afterEpoch?.(2, 2); // both epochs have the same weight
 * console.log(x.dataSync()[0]); // 2
 * ```
 */
export function epochAverage(
  variables: Variables,
  average: AverageOptions,
): Pick<PromptLearner, 'state' | 'afterEpoch'> {
  if (average.mean === 0) return {};
  const state = mapTree((v: tf.Variable) => tf.tidy(() => tf.variable(tf.zerosLike(v), false)), variables) as Variables;
  const current = leaves<tf.Variable>(variables);
  const sums = leaves<tf.Variable>(state);
  return {
    state: { average: state },
    afterEpoch(epoch, epochs) {
      const weight = gaussianWeights(epochs, average)[epoch - 1]!;
      tf.tidy(() => {
        current.forEach((variable, i) => {
          const part = tf.mul(variable, weight);
          sums[i]!.assign(epoch === 1 ? part : tf.add(sums[i]!, part));
          if (epoch === epochs) variable.assign(sums[i]!);
        });
      });
    },
  };
}
