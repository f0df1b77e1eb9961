import * as tf from '@tensorflow/tfjs-core';
import { leaves, mapTree, type Tree } from '../tree.js';

export type Variables = Tree<tf.Variable>;

/** One step of descent: assigns new values to the variables, inside `compile` or eagerly. */
export interface Optimizer<State> {
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
    tf.tidy(() => step(update.init(variables), leaves(variables), leaves(gradients), lr));
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
