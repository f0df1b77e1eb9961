import * as tf from '@tensorflow/tfjs-core';
import { type AdamState, adamChanges, adamState } from './moments.js';
import { type Optimizer, optimizer } from './optimizer.js';
import { type AdamWSettings, optimizerSettings } from './settings.js';

/**
 * AdamW (Loshchilov & Hutter, ICLR 2019) as in PyTorch: weight decay is decoupled from the gradient,
 * v ← v·(1 − lr·decay) before Adam's step.
 *
 * @param options.beta1 decay of the mean, default 0.9
 * @param options.beta2 decay of the mean square, default 0.999
 * @param options.eps added to the root of the mean square, default 1e-8
 * @param options.weightDecay default 0.01
 * @param options.decayVectors whether vectors (biases, norms) and scalars also decay, default true
 * @throws one sentence for an option that does not exist or is out of its range
 *
 * @example
 * ```ts
 * import { adamW, useDevice } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const variables = { x: tf.variable(tf.scalar(3)) };
 * adamW()(variables, { x: tf.scalar(2) }, tf.scalar(0.5));
 * console.log(variables.x.dataSync()[0]!.toFixed(3)); // 2.485
 * ```
 */
export function adamW(options: Omit<AdamWSettings, 'name'> = {}): Optimizer<AdamState> {
  const { weightDecay, decayVectors, ...moments } = optimizerSettings({ ...options, name: 'adamw' });
  return optimizer(adamState, (state, variables, gradients, lr) => {
    const kept = weightDecay > 0 ? tf.sub(1, tf.mul(lr, weightDecay)) : undefined;
    adamChanges(state, gradients, lr, moments).forEach((change, i) => {
      const variable = variables[i]!;
      const decays = kept && (decayVectors || variable.rank > 1);
      variable.assign(tf.sub(decays ? tf.mul(variable, kept) : variable, change));
    });
  });
}
