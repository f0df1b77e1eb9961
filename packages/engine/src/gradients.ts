import * as tf from '@tensorflow/tfjs';
import { leaves, mapTree, type Tree } from './tree.js';

/**
 * The value of `fn` and its gradients for the variables of `tree`, and for those only. A variable that `fn` does not
 * depend on gets zeros.
 *
 * @param tree tensors or variables in nested arrays and objects
 * @param fn gives a scalar
 * @returns the scalar, and gradients in the form of `tree`
 */
export function valueAndGrads<V extends Tree<tf.Tensor>>(tree: V, fn: () => tf.Scalar): [tf.Scalar, V] {
  const variables = leaves<tf.Tensor>(tree);
  const { value, grads } = tf.engine().gradients(fn, variables, undefined as unknown as tf.Scalar, true);
  if (value.rank !== 0)
    throw new Error(`valueAndGrads needs a scalar, and fn gave a tensor of shape [${value.shape}].`);
  const byVariable = new Map(variables.map((variable, i) => [variable, grads[i] ?? tf.zerosLike(variable)]));
  return [value as tf.Scalar, mapTree((v: tf.Tensor) => byVariable.get(v)!, tree) as unknown as V];
}
