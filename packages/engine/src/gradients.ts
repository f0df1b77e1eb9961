import * as tf from '@tensorflow/tfjs-core';
import { leaves, mapTree, type Tree } from './tree.js';

/**
 * The value of `fn` and its gradients for the leaves of `tree`, and only those. A leaf that `fn` does not depend on
 * gets zeros.
 *
 * @param tree tensors or variables in nested arrays and objects
 * @param fn returns a scalar
 * @returns the scalar, and gradients in the structure of `tree`
 * @throws one sentence if `fn` returns another shape
 *
 * @example
 * ```ts
 * import { valueAndGrads } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * const variables = { x: tf.variable(tf.scalar(3)), unused: tf.variable(tf.scalar(1)) };
 * const [value, { x, unused }] = valueAndGrads(variables, () => tf.square(variables.x) as tf.Scalar);
 * console.log(value.dataSync()[0], x.dataSync()[0], unused.dataSync()[0]); // 9 6 0
 * ```
 */
export function valueAndGrads<V extends Tree<tf.Tensor>>(tree: V, fn: () => tf.Scalar): [tf.Scalar, V] {
  const variables = leaves<tf.Tensor>(tree);
  const { value, grads } = tf.engine().gradients(fn, variables, undefined as unknown as tf.Scalar, true);
  if (value.rank !== 0)
    throw new Error(`valueAndGrads needs a scalar, but fn returned a tensor of shape [${value.shape}].`);
  const byVariable = new Map(variables.map((variable, i) => [variable, grads[i] ?? tf.zerosLike(variable)]));
  return [value as tf.Scalar, mapTree((v: tf.Tensor) => byVariable.get(v)!, tree) as unknown as V];
}
