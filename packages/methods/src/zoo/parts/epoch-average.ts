import { leaves, mapTree } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import type { Variables } from '../../method/types.js';

/** The state and the hook of a method whose prompts are averaged over epochs. */
export interface EpochAverage {
  /** The weighted sum so far, in the form of the variables. */
  state: Variables;
  afterEpoch(epoch: number, epochs: number): void;
}

/**
 * The share of each epoch in the average: a Gaussian over the epochs 1 … n, summing to 1.
 * @param epochs n
 * @param mean the epoch that counts most
 * @param std in epochs, above 0
 */
export function gaussianShares(epochs: number, mean: number, std: number): number[] {
  const heights = Array.from({ length: epochs }, (_, i) => Math.exp(-((i + 1 - mean) ** 2) / (2 * std * std)));
  const total = heights.reduce((sum, height) => sum + height, 0);
  if (!(total > 0))
    throw new Error(
      `A Gaussian with mean ${mean} and deviation ${std} has no weight on epochs 1 to ${epochs}; move its mean.`,
    );
  return heights.map(height => height / total);
}

/**
 * Gaussian-weighted averaging of prompts over epochs, as PromptSRC has it (Khattak et al., ICCV 2023): training goes on from the
 * prompts as they are, and after the last epoch their average takes their place.
 */
export function epochAverage(variables: Variables, { mean, std }: { mean: number; std: number }): EpochAverage {
  const state = mapTree((v: tf.Variable) => tf.tidy(() => tf.variable(tf.zerosLike(v), false)), variables) as Variables;
  const [current, sums] = [leaves<tf.Variable>(variables), leaves<tf.Variable>(state)];
  return {
    state,
    afterEpoch(epoch, epochs) {
      const share = gaussianShares(epochs, mean, std)[epoch - 1]!;
      tf.tidy(() => {
        current.forEach((variable, i) => {
          const part = tf.mul(variable, share);
          sums[i]!.assign(epoch === 1 ? part : tf.add(sums[i]!, part));
          if (epoch === epochs) variable.assign(sums[i]!);
        });
      });
    },
  };
}
