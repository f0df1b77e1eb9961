import type { OpenFile } from '../runtime/open-file.js';
import { ELEMENT_TYPES } from './element-types.js';

/** Position of a tensor in a file. */
export interface TensorEntry {
  /** `F32`, `F16`, `BF16`, `I64`, … (the names of safetensors). */
  dtype: string;
  shape: number[];
  /** The first byte in the file, and the byte after the last. */
  start: number;
  end: number;
  /** The stride of each axis, in elements, if elements are not stored row by row; only in PyTorch files. */
  strides?: number[];
}

/** An open file of named tensors. Closing it twice does nothing. */
export interface TensorFile {
  path: string;
  tensors: Map<string, TensorEntry>;
  /**
   * The values of a tensor as float32, row by row (F16 and BF16 widen exactly; integers are exact up to 2²⁴).
   * @throws one sentence naming the file and the tensor if there is no such tensor
   */
  read(name: string): Float32Array;
  close(): void;
}

/**
 * Reads tensors of an open file by name.
 *
 * @param tensors their positions in the file
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, openFile, tensorReader, writeFileAtomic } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'values');
 * await writeFileAtomic(path, Uint8Array.of(1, 2, 3, 4));
 * const entry = { dtype: 'U8', shape: [2], start: 1, end: 3 };
 * console.log(tensorReader(openFile(path), new Map([['x', entry]])).read('x')); // Float32Array(2) [ 2, 3 ]
 * ```
 */
export function tensorReader(file: OpenFile, tensors: Map<string, TensorEntry>): TensorFile {
  return {
    path: file.path,
    tensors,
    read(name) {
      const entry = tensors.get(name);
      if (!entry) throw new Error(`${file.path} has no tensor ${JSON.stringify(name)}.`);
      const values = ELEMENT_TYPES[entry.dtype]!.widen(file.read(entry.start, entry.end).buffer);
      return entry.strides ? rowByRow(values, entry.shape, entry.strides) : values;
    },
    close: file.close,
  };
}

function rowByRow(values: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
  const out = new Float32Array(shape.reduce((product, n) => product * n, 1));
  const index = shape.map(() => 0);
  for (let i = 0, at = 0; i < out.length; i++) {
    out[i] = values[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
