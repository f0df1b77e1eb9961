import { namedLeaves } from '@dgprompt/engine';
import { cannotWrite, openSafetensors, writeSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { firstNotFinite } from '../features/finite.js';
import type { PromptLearner } from '../learner/types.js';

/** Variables by readable names. */
export type NamedVariables = ReadonlyMap<string, tf.Variable>;

/**
 * A method's variables, trained and kept, by readable names: `text.0`, `visual.0.weight`, `state.prototype`.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { namedVariables } from '@dgprompt/methods/method';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = coop(await loadClip(miniClip), ['sun', 'moon']);
 * for (const [name, variable] of namedVariables(method.learner)) console.log(name, variable.shape[0]); // context 16
 * ```
 */
export function namedVariables({ variables, state }: PromptLearner): Map<string, tf.Variable> {
  return new Map([...namedLeaves<tf.Variable>(variables), ...(state ? namedLeaves<tf.Variable>(state, 'state') : [])]);
}

/**
 * Writes variables as a safetensors file.
 * @throws one sentence naming the file if it cannot be written
 */
export async function writeVariables(
  path: string,
  variables: NamedVariables,
  metadata?: Record<string, string>,
): Promise<void> {
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, variable] of variables)
    tensors.set(name, { shape: variable.shape, data: (await variable.data()) as Float32Array });
  await writeSafetensors(path, tensors, { metadata }).catch(cause => {
    throw cannotWrite(path, cause);
  });
}

/**
 * Assigns the values of a safetensors file to variables.
 * @throws one sentence naming file and tensor if they do not fit
 */
export function readVariables(path: string, variables: NamedVariables, method: string): void {
  const file = openSafetensors(path);
  try {
    for (const [name, variable] of variables) {
      const shape = file.tensors.get(name)?.shape;
      if (!shape) throw new Error(`${path} has no "${name}", which ${method} with these options learns.`);
      if (shape.join() !== variable.shape.join())
        throw new Error(`${path}: "${name}" is [${shape}], and ${method} on this CLIP has [${variable.shape}].`);
    }
    const values = new Map([...variables.keys()].map(name => [name, file.read(name)]));
    for (const [name, numbers] of values) {
      const wrong = firstNotFinite(numbers);
      if (wrong) throw new Error(`${path}: "${name}" has the value ${wrong.value}; it must be trained again.`);
    }
    assignValues(variables, values);
  } finally {
    file.close();
  }
}

/** The first variable with a value that is not finite, and that value; undefined if all are finite. */
export async function notFiniteVariable(
  variables: NamedVariables,
): Promise<{ name: string; value: number } | undefined> {
  for (const [name, variable] of variables) {
    const wrong = firstNotFinite(await variable.data());
    if (wrong) return { name, value: wrong.value };
  }
  return undefined;
}

/** Assigns values to variables, by their names. */
export function assignValues(
  variables: NamedVariables,
  values: { get(name: string): tf.TypedArray | undefined },
): void {
  for (const [name, variable] of variables)
    tf.tidy(() => variable.assign(tf.tensor(values.get(name)!, variable.shape)));
}
