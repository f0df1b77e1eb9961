import { leaves, type Tree } from '@dgprompt/engine';
import type { RandomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';

/** Fills a learner's `noise` with uniform numbers in [0, 1). */
export function drawNoise(noise: Tree<tf.Variable>, random: RandomStream): void {
  for (const variable of leaves<tf.Variable>(noise))
    tf.tidy(() =>
      variable.assign(tf.tensor(Float32Array.from({ length: variable.size }, random.next), variable.shape)),
    );
}
