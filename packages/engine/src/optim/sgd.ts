import * as tf from '@tensorflow/tfjs';
import { leaves, type Tree } from '../tree.js';
import { type Optimizer, optimizer, zerosLike } from './optimizer.js';

/**
 * Stochastic gradient descent as in PyTorch: weight decay is added to the gradient; momentum without dampening; no
 * Nesterov momentum. m ← momentum·m + (g + decay·v); v ← v − lr·m.
 *
 * @param options.momentum default 0.9
 * @param options.weightDecay default 5e-4, as in the published prompt learners
 *
 * @example
 * ```ts
 * import { compile, sgd, useDevice, valueAndGrads } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs';
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
export function sgd({ momentum = 0.9, weightDecay = 5e-4 } = {}): Optimizer<Tree<tf.Variable>> {
  return optimizer(zerosLike, (state, variables, gradients, lr) => {
    const buffers = leaves<tf.Variable>(state);
    variables.forEach((variable, i) => {
      const decayed = weightDecay ? tf.add(gradients[i]!, tf.mul(variable, weightDecay)) : gradients[i]!;
      const buffer = tf.add(tf.mul(buffers[i]!, momentum), decayed);
      buffers[i]!.assign(buffer);
      variable.assign(tf.sub(variable, tf.mul(buffer, lr)));
    });
  });
}
