import * as tf from '@tensorflow/tfjs-core';
import { type AdamState, adamChanges, adamState } from './moments.js';
import { type Optimizer, optimizer } from './optimizer.js';
import { type AdamSettings, optimizerSettings } from './settings.js';

/**
 * Adam (Kingma & Ba, ICLR 2015) as in PyTorch: weight decay is added to the gradient. `adamW` decouples them.
 *
 * @param options.beta1 decay of the mean, default 0.9
 * @param options.beta2 decay of the mean square, default 0.999
 * @param options.eps added to the root of the mean square, default 1e-8
 * @param options.weightDecay default 0
 * @throws one sentence for an option that does not exist or is out of its range
 *
 * @example
 * ```ts
 * import { adam, useDevice } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const variables = { x: tf.variable(tf.scalar(3)) };
 * adam()(variables, { x: tf.scalar(2) }, tf.scalar(0.5));
 * console.log(variables.x.dataSync()[0]!.toFixed(3)); // 2.500
 * ```
 */
export function adam(options: Omit<AdamSettings, 'name'> = {}): Optimizer<AdamState> {
  const { weightDecay, ...moments } = optimizerSettings({ ...options, name: 'adam' });
  return optimizer(adamState, (state, variables, gradients, lr) => {
    const decayed = weightDecay ? gradients.map((g, i) => tf.add(g, tf.mul(variables[i]!, weightDecay))) : gradients;
    adamChanges(state, decayed, lr, moments).forEach((change, i) => {
      variables[i]!.assign(tf.sub(variables[i]!, change));
    });
  });
}
