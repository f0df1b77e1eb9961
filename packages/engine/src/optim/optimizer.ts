import * as tf from '@tensorflow/tfjs-core';
import { leaves, mapTree, namedLeaves, type Tree } from '../tree.js';

export type Variables = Tree<tf.Variable>;

/** One step of descent: assigns new values to the variables, inside `compile` or eagerly. */
export interface Optimizer<State> {
  /**
   * @param gradients by the names of the variables, in any order
   * @throws a sentence if a variable has no gradient of its shape, a gradient no variable, or a variable occurs twice
   */
  (variables: Variables, gradients: Tree<tf.Tensor>, lr: tf.Scalar): void;
  /** The optimizer's buffers, made for the variables of the first step; set this to resume a saved run. */
  state: State | undefined;
  /** Makes zero buffers for these variables unless buffers exist. */
  init(variables: Variables): State;
  dispose(): void;
}

/** Zero buffers for the variables. */
export const zerosLike = (variables: Variables): Variables =>
  mapTree((v: tf.Variable) => tf.variable(tf.zeros(v.shape), false), variables);

/** An optimizer from its buffers and its step, which gets the leaves of the trees in order. */
export function optimizer<State extends Tree<tf.Variable>>(
  make: (variables: Variables) => State,
  step: (state: State, variables: tf.Variable[], gradients: tf.Tensor[], lr: tf.Scalar) => void,
): Optimizer<State> {
  const update = ((variables: Variables, gradients: Tree<tf.Tensor>, lr: tf.Scalar) => {
    tf.tidy(() => step(update.init(variables), leaves(variables), gradientsOf(variables, gradients), lr));
  }) as Optimizer<State>;
  update.state = undefined;
  update.init = variables => {
    tf.tidy(() => {
      update.state ??= make(variables);
    });
    return update.state!;
  };
  update.dispose = () => {
    if (update.state) for (const buffer of leaves<tf.Variable>(update.state)) buffer.dispose();
    update.state = undefined;
  };
  return update;
}

/** The gradients of the variables, in their order. */
function gradientsOf(variables: Variables, gradients: Tree<tf.Tensor>): tf.Tensor[] {
  const all = leaves<tf.Variable>(variables);
  if (new Set(all).size < all.length)
    throw new Error('A variable occurs twice among those to update, so that each step would update it twice.');
  const given = new Map(namedLeaves<tf.Tensor>(gradients));
  const found = namedLeaves<tf.Variable>(variables).map(([name, { shape }]) => {
    const gradient = given.get(name);
    given.delete(name);
    if (!gradient || !tf.util.arraysEqual(gradient.shape, shape))
      throw new Error(
        `The variable "${name}" of shape [${shape}] needs a gradient of that shape, ${gradient ? `not [${gradient.shape}]` : 'and there is none'}.`,
      );
    return gradient;
  });
  const [left] = given.keys();
  if (left !== undefined) throw new Error(`There is a gradient for "${left}", but no such variable.`);
  return found;
}
