import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { float32ToBfloat16, float32ToFloat16 } from '../half.js';

/** A parameter as a checkpoint holds it: row-major float32 values in the file's shape. */
export interface NamedArray {
  shape: number[];
  data: Float32Array;
}

/** Element types that can be written. */
const NARROW = {
  F32: (values: Float32Array) => values,
  F16: float32ToFloat16,
  BF16: float32ToBfloat16,
};

export interface WriteOptions {
  /** How the values are stored. Default: 'F32'; 'F16' and 'BF16' halve the file and round to the nearest. */
  dtype?: keyof typeof NARROW;
  /** Strings that go into the file's header. */
  metadata?: Record<string, string>;
}

/**
 * Writes a `.safetensors` file: to a temporary file beside it first, renamed when it is whole, so that the path never holds half a file.
 * @throws a sentence naming the tensor whose values do not fill its shape
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
  const json = JSON.stringify(header);
  const padding = -Buffer.byteLength(json) & 7; // the data starts at a multiple of eight bytes
  const text = Buffer.from(json + ' '.repeat(padding));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));

  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(Buffer.concat([length, text]));
      for (const [, { data }] of entries) {
        const stored = NARROW[dtype](data);
        await file.writeFile(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
