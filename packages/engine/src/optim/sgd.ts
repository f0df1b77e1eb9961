import * as tf from '@tensorflow/tfjs-core';
import { leaves, type Tree } from '../tree.js';
import { type Optimizer, optimizer, zerosLike } from './optimizer.js';
import { optimizerSettings, type SgdSettings } from './settings.js';

/**
 * Stochastic gradient descent as in PyTorch: weight decay is added to the gradient; momentum has no dampening.
 * d ← g + decay·v; m ← momentum·m + d; v ← v − lr·m, or v − lr·(d + momentum·m) with Nesterov momentum.
 *
 * @param options.momentum at least 0 and below 1, default 0.9; 0 needs no buffers
 * @param options.nesterov default false
 * @param options.weightDecay default 5e-4, as in the published prompt learners
 * @throws one sentence for an option that does not exist or is out of its range
 *
 * @example
 * ```ts
 * import { compile, sgd, useDevice, valueAndGrads } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const variables = { x: tf.variable(tf.scalar(3)) };
 * const update = sgd({ weightDecay: 0 });
 * const step = compile((lr: tf.Scalar) => {
 *   const [loss, gradients] = valueAndGrads(variables, () => tf.square(variables.x) as tf.Scalar);
 *   update(variables, gradients, lr);
 *   return loss;
 * });
 * for (let i = 0; i < 3; i++) console.log((await step(tf.scalar(0.5))).dataSync()[0]!.toFixed(2));
 * // 9.00
 * // 0.00
 * // 7.29
 * ```
 */
export function sgd(options: Omit<SgdSettings, 'name'> = {}): Optimizer<Tree<tf.Variable>> {
  const { momentum, nesterov, weightDecay } = optimizerSettings({ ...options, name: 'sgd' });
  return optimizer(momentum > 0 ? zerosLike : nothing, (state, variables, gradients, lr) => {
    const buffers = leaves<tf.Variable>(state);
    variables.forEach((variable, i) => {
      const decayed = weightDecay ? tf.add(gradients[i]!, tf.mul(variable, weightDecay)) : gradients[i]!;
      let change = decayed;
      if (momentum > 0) {
        const buffer = tf.add(tf.mul(buffers[i]!, momentum), decayed);
        buffers[i]!.assign(buffer);
        change = nesterov ? tf.add(decayed, tf.mul(buffer, momentum)) : buffer;
      }
      variable.assign(tf.sub(variable, tf.mul(change, lr)));
    });
  });
}

const nothing = (): Tree<tf.Variable> => ({});
