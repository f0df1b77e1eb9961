import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../compile.js';
import { useDevice } from '../devices/device.js';

type Outcome = { results: { dtype: string; shape: number[]; values: number[] }[] } | { error: Error };

/** A program of one op; some inputs are arguments, the others are constants of the graph. */
export interface Case {
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
  readonly inputs: readonly tf.Tensor[];
  readonly isConstant: readonly boolean[];
}

const read = (made: tf.Tensor | tf.Tensor[]): Outcome => ({
  results: [made].flat().map(x => ({ dtype: x.dtype, shape: x.shape, values: Array.from(x.dataSync()) })),
});

/** The outcome on tfjs-cpu. */
export async function onCpu({ run, inputs }: Case): Promise<Outcome> {
  await tf.setBackend('cpu');
  try {
    return read(run(...inputs));
  } catch (error) {
    return { error: error as Error };
  }
}

/** The outcome of the compiled program. */
export async function asGraph({ run, inputs, isConstant }: Case): Promise<Outcome> {
  await useDevice({ threads: 1 });
  const given = inputs.filter((_, i) => !isConstant[i]);
  const compiled = compile((...given: tf.Tensor[]) => {
    const rest = [...given];
    return run(...inputs.map((x, i) => (isConstant[i] ? x : rest.shift()!)));
  });
  try {
    return read(await compiled(...given));
  } catch (error) {
    return { error: error as Error };
  } finally {
    await compiled.dispose();
  }
}

/** How two outcomes differ, if they do: an error must match an error, or say that the op cannot be compiled. */
export function difference(expected: Outcome, actual: Outcome, tolerance: number): string | undefined {
  if ('error' in actual) {
    const { error } = actual;
    if (!(error instanceof Error)) return `threw ${error}`;
    if ('error' in expected || /cannot be compiled/.test(error.message)) return undefined;
    return `threw ${error.message}`;
  }
  if ('error' in expected) return `accepts what tfjs-cpu refuses: ${expected.error.message}`;
  for (const [i, wanted] of expected.results.entries()) {
    const made = actual.results[i]!;
    if (wanted.dtype !== made.dtype || `${wanted.shape}` !== `${made.shape}`)
      return `is ${made.dtype} [${made.shape}], not ${wanted.dtype} [${wanted.shape}]`;
    const at = wanted.values.findIndex((value, j) => !isClose(value, made.values[j]!, tolerance));
    if (at >= 0) return `is ${made.values[at]} at ${at}, not ${wanted.values[at]}`;
  }
  return undefined;
}

function isClose(a: number, b: number, tolerance: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Number.isFinite(a) && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
}
