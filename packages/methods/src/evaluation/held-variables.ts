import * as tf from '@tensorflow/tfjs-core';

/** Saved values of variables. */
export interface HeldVariables {
  /** Assigns them back. */
  restore(): void;
  dispose(): void;
}

/** Saves the values of variables before a test adapts them. */
export function heldVariables(variables: readonly tf.Variable[]): HeldVariables {
  const values = variables.map(variable => tf.tidy(() => tf.clone(variable)));
  return {
    restore() {
      for (const [i, variable] of variables.entries()) variable.assign(values[i]!);
    },
    dispose: () => tf.dispose(values),
  };
}
