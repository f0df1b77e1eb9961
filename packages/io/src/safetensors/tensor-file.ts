import { closeSync, openSync, readSync } from 'node:fs';
import { ELEMENT_TYPES } from './element-types.js';

/** One tensor's place in a file. */
export interface TensorEntry {
  /** `F32`, `F16`, `BF16`, `I64`, …, as safetensors names them. */
  dtype: string;
  shape: number[];
  /** First byte and the byte behind the last one, in the file. */
  start: number;
  end: number;
  /** Where elements lie that are not row by row: the step of each axis, in elements. Only PyTorch's files have such. */
  strides?: number[];
}

/** An open file of named tensors. */
export interface TensorFile {
  path: string;
  tensors: Map<string, TensorEntry>;
  /**
   * The values of a tensor as float32, row by row (F16 and BF16 widen exactly; integers are exact up to 2²⁴).
   * @throws a sentence naming file and tensor if there is none of that name
   */
  read(name: string): Float32Array;
  close(): void;
}

/**
 * Opens a file for reading bytes.
 * @throws a sentence naming the file
 */
export function openFile(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new Error(`${path} cannot be opened: ${(cause as NodeJS.ErrnoException).code ?? cause}.`, { cause });
  }
}

/** Reads tensors of an open file by name; closing it twice does nothing. */
export function tensorReader(path: string, descriptor: number, tensors: Map<string, TensorEntry>) {
  let open = true;
  return {
    read(name: string): Float32Array {
      const entry = tensors.get(name);
      if (!entry) throw new Error(`${path} has no tensor ${JSON.stringify(name)}.`);
      const values = ELEMENT_TYPES[entry.dtype]!.widen(readBytes(path, descriptor, entry.start, entry.end));
      return entry.strides ? rowByRow(values, entry.shape, entry.strides) : values;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

/**
 * Bytes `start` to `end` of an open file.
 * @throws a sentence naming the file where it ends before
 */
export function readBytes(path: string, descriptor: number, start: number, end: number): ArrayBuffer {
  const bytes = new Uint8Array(new ArrayBuffer(end - start));
  readInto(path, descriptor, bytes, start);
  return bytes.buffer;
}

/**
 * Fills `bytes` from an open file.
 * @throws a sentence naming the file where it ends before
 */
export function readInto(path: string, descriptor: number, bytes: Uint8Array, start: number): void {
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(descriptor, bytes, done, Math.min(bytes.length - done, 2 ** 30), start + done);
    if (read === 0) throw new Error(`${path} is cut short: it ends at byte ${start + done}.`);
    done += read;
  }
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
