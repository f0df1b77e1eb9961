import * as tf from '@tensorflow/tfjs-core';

/** The present values of variables, to go back to. */
export interface HeldVariables {
  /** Assigns them again. */
  restore(): void;
  dispose(): void;
}

/** Remembers what variables are before a test adapts them. */
export function heldVariables(variables: readonly tf.Variable[]): HeldVariables {
  const values = variables.map(variable => tf.tidy(() => tf.clone(variable)));
  return {
    restore() {
      for (const [i, variable] of variables.entries()) variable.assign(values[i]!);
    },
    dispose: () => tf.dispose(values),
  };
}
