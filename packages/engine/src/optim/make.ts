import type * as tf from '@tensorflow/tfjs-core';
import type { Tree } from '../tree.js';
import { adam } from './adam.js';
import { adamW } from './adamw.js';
import type { Optimizer } from './optimizer.js';
import { type OptimizerSettings, optimizerSettings } from './settings.js';
import { sgd } from './sgd.js';

/**
 * Makes the optimizer that the settings describe.
 *
 * @throws one sentence for an optimizer or a setting that does not exist, and for a value out of its range
 *
 * @example
 * ```ts
 * import { useDevice } from '@dgprompt/engine';
 * import { makeOptimizer } from '@dgprompt/engine/optim';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const variables = { x: tf.variable(tf.scalar(3)) };
 * const update = makeOptimizer({ name: 'adam', beta2: 0.99 });
 * update(variables, { x: tf.scalar(2) }, tf.scalar(0.5));
 * console.log(variables.x.dataSync()[0]!.toFixed(3)); // 2.500
 * ```
 */
export function makeOptimizer(settings: OptimizerSettings): Optimizer<Tree<tf.Variable>> {
  const { name, ...options } = optimizerSettings(settings);
  if (name === 'sgd') return sgd(options);
  return name === 'adam' ? adam(options) : adamW(options);
}
