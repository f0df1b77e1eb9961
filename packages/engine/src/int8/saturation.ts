import { createSession, sessionTensor } from '../runtime/onnxruntime.js';
import { ELEMENT, encodeModel } from '../tracing/onnx-model.js';
import { initializer, newNode } from '../tracing/trace.js';
import { FULL_RANGE, HALF_RANGE } from './quantise.js';

/** Row counts with different kernels: one, few, many. */
const rowCounts = [1, 4, 64];
const [INNER, OUTER] = [256, 64];

let found: number | undefined;

/** The int8 value of a channel's largest weight on this machine; `probeSaturation` must have run. */
export const largestWeight = (): number => found ?? HALF_RANGE;

/**
 * Checks whether this machine's int8 products are exact: without VNNI, x86 adds two products of unsigned and signed
 * bytes in 16 bits, and larger sums saturate. Half the range of weights is exact there.
 */
export async function probeSaturation(): Promise<void> {
  found ??= (await isExact(FULL_RANGE)) ? FULL_RANGE : HALF_RANGE;
}

/** Whether products of the largest rows with weights of one magnitude are exact; tries both signs. */
export async function isExact(largest: number): Promise<boolean> {
  for (const weight of [largest, -largest])
    for (const rows of rowCounts) {
      const session = await createSession(productWith(weight, rows), { intraOpNumThreads: 1, logSeverityLevel: 4 });
      const x = sessionTensor('float32', new Float32Array(rows * INNER).fill(255), [rows, INNER]);
      const { y } = await session.run({ x });
      await session.release();
      if (!(y!.data as Float32Array).every(value => value === INNER * (255 - 128) * weight)) return false;
    }
  return true;
}

/** A product of rows, given as float32, with a matrix filled with one weight. */
function productWith(weight: number, rows: number): Uint8Array {
  const weights = new Uint8Array(new Int8Array(INNER * OUTER).fill(weight).buffer);
  return encodeModel({
    nodes: [
      newNode('Cast', ['x'], 'bytes', { to: ELEMENT.uint8 }),
      newNode('MatMulIntegerToFloat', ['bytes', 'weights', 'one', 'scales', 'zero'], 'y', {}, 'com.microsoft'),
    ],
    initializers: [
      { name: 'weights', dtype: 'int8', shape: [INNER, OUTER], bytes: weights },
      { name: 'zero', dtype: 'uint8', shape: [], bytes: Uint8Array.of(128) },
      initializer('one', 'float32', [], [1]),
      initializer('scales', 'float32', [OUTER], new Float32Array(OUTER).fill(1)),
    ],
    inputs: [{ name: 'x', dtype: 'float32', shape: [rows, INNER] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [rows, OUTER] }],
  });
}
