import type * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend/backend.js';

const ONNX_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

export const castName = (backend: OnnxBackend, name: string, to: keyof typeof ONNX_TYPE): string =>
  backend.node('Cast', [name], { to: ONNX_TYPE[to] });

/** A tensor's value, cast to another type if needed. */
export const nameAs = (backend: OnnxBackend, x: tf.TensorInfo, dtype: tf.DataType): string =>
  x.dtype === dtype ? backend.nameOf(x) : cast(backend, backend.nameOf(x), x.dtype, dtype);

/** Casts like JavaScript's typed arrays. */
export function cast(backend: OnnxBackend, name: string, from: tf.DataType, to: tf.DataType): string {
  if (from === 'float32' && to === 'int32') return toInt32(backend, name, 'float32');
  return castName(backend, name, to as 'float32');
}

/**
 * Numbers as an Int32Array stores them: truncated, modulo 2³², and 0 if not finite. For numbers that do not fit, ONNX's
 * own cast depends on the processor. (The BitwiseAnd keeps all bits: without a node in between, ONNX Runtime would
 * merge the two casts into one.)
 */
export function toInt32(backend: OnnxBackend, name: string, from: 'float32' | 'float64'): string {
  const inRange = backend.node('Mod', [name, backend.constant(2 ** 32, from)], { fmod: 1 });
  const bits = backend.node('BitwiseAnd', [castName(backend, inRange, 'int64'), backend.constant(-1, 'int64')]);
  return castName(backend, bits, 'int32');
}

/** Throws one sentence unless the op's inputs have one of these types; the message suggests the first. */
export function requireType(op: string, inputs: readonly tf.TensorInfo[], ...types: readonly tf.DataType[]): void {
  const wrong = inputs.find(({ dtype }) => !types.includes(dtype));
  if (!wrong) return;
  throw new Error(
    `tf.${op} of type ${wrong.dtype} cannot be compiled: cast its input to ${types[0]} with tf.cast(x, '${types[0]}').`,
  );
}
