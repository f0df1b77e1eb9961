import * as tf from '@tensorflow/tfjs';
import { leaves } from '../tree.js';
import { type Optimizer, optimizer, type Variables, zerosLike } from './optimizer.js';

/** Steps so far, and running means of the gradients and their squares. */
export type AdamState = { step: tf.Variable; mean: Variables; square: Variables };

/**
 * AdamW (Loshchilov & Hutter, ICLR 2019) with bias correction. Weight decay is decoupled and applies to matrices only,
 * not to vectors (biases, norms) and scalars.
 *
 * @param options.beta1 decay of the mean, default 0.9
 * @param options.beta2 decay of the mean square, default 0.98
 * @param options.eps added to the root of the mean square, default 1e-6
 * @param options.weightDecay default 0.1
 *
 * @example
 * ```ts
 * import { adamW, useDevice } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs';
 *
 * await useDevice();
 * const variables = { x: tf.variable(tf.scalar(3)) };
 * adamW()(variables, { x: tf.scalar(2) }, tf.scalar(0.5));
 * console.log(variables.x.dataSync()[0]!.toFixed(3)); // 2.500
 * ```
 */
export function adamW({ beta1 = 0.9, beta2 = 0.98, eps = 1e-6, weightDecay = 0.1 } = {}): Optimizer<AdamState> {
  return optimizer(
    variables => ({
      step: tf.variable(tf.scalar(0), false),
      mean: zerosLike(variables),
      square: zerosLike(variables),
    }),
    (state, variables, gradients, lr) => {
      const step = tf.add(state.step, 1);
      state.step.assign(step as tf.Scalar);
      const rate = tf.div(lr, tf.sub(1, tf.pow(beta1, step)));
      const correction = tf.sqrt(tf.sub(1, tf.pow(beta2, step)));
      const means = leaves<tf.Variable>(state.mean);
      const squares = leaves<tf.Variable>(state.square);
      variables.forEach((variable, i) => {
        const gradient = gradients[i]!;
        const mean = tf.add(tf.mul(means[i]!, beta1), tf.mul(gradient, 1 - beta1));
        const square = tf.add(tf.mul(squares[i]!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        means[i]!.assign(mean);
        squares[i]!.assign(square);
        const change = tf.div(tf.mul(mean, rate), tf.add(tf.div(tf.sqrt(square), correction), eps));
        const decay = variable.rank > 1 ? tf.mul(variable, tf.mul(lr, weightDecay)) : 0;
        variable.assign(tf.sub(variable, tf.add(change, decay)));
      });
    },
  );
}
