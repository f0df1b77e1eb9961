import { float32ToBfloat16, float32ToFloat16 } from '../half.js';
import { writePartsAtomic } from '../write.js';

/** Row-major float32 values and their shape. */
export interface NamedArray {
  shape: number[];
  data: Float32Array;
}

/** Element types that can be written. */
const NARROW = { F32: (values: Float32Array) => values, F16: float32ToFloat16, BF16: float32ToBfloat16 };

/** tfjs's cast from int32 to float32 keeps an Int32Array, whose bytes would be other numbers. */
const asFloats = (values: Float32Array) => (values instanceof Float32Array ? values : Float32Array.from(values));

export interface WriteOptions {
  /** How to store the values; default `F32`. `F16` and `BF16` halve the file size and round to nearest. */
  dtype?: keyof typeof NARROW;
  /** Strings to store in the file's header. */
  metadata?: Record<string, string>;
}

/**
 * Writes a `.safetensors` file atomically: its path never holds a partial file.
 *
 * @param tensors row-major values and shapes by name
 * @throws one sentence naming the tensor whose values do not fill its shape, or the file if it cannot be written
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, openSafetensors, writeSafetensors } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'prompts.safetensors');
 * await writeSafetensors(path, { context: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } }, { dtype: 'F16' });
 * console.log(openSafetensors(path).tensors.get('context')); // { dtype: 'F16', shape: [ 2, 2 ], start: 72, end: 80 }
 * ```
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, NamedArray> | Readonly<Record<string, NamedArray>>,
  { dtype = 'F32', metadata }: WriteOptions = {},
): Promise<void> {
  const entries: [string, NamedArray][] =
    tensors instanceof Map ? [...tensors] : Object.entries(tensors as Record<string, NamedArray>);
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    const length = shape.reduce((product, n) => product * n, 1);
    if (length !== data.length)
      throw new Error(`Tensor "${name}" has ${data.length} values; its shape [${shape}] takes ${length}.`);
    const end = offset + length * (dtype === 'F32' ? 4 : 2);
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  await writePartsAtomic(path, stored(header, entries, dtype));
}

/** The parts of the file; each tensor is narrowed only when it is written. */
function* stored(header: object, entries: [string, NamedArray][], dtype: keyof typeof NARROW) {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padding = -json.length & 7; // the data starts at a multiple of eight bytes
  yield new Uint8Array(BigUint64Array.of(BigInt(json.length + padding)).buffer);
  yield json;
  yield ' '.repeat(padding);
  for (const [, { data }] of entries) {
    const { buffer, byteOffset, byteLength } = NARROW[dtype](asFloats(data));
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
}
