import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { bfloat16ToFloat32, float16ToFloat32 } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { activeBackend, type OnnxBackend } from '../backend/backend.js';

/** A file that holds tensors, as it was when it was opened. */
export interface StoredFile {
  /** The real path: symbolic links resolved. */
  path: string;
  /** In bytes. */
  size: number;
  /** Time of the last change, in milliseconds. */
  changed: number;
}

export type StoredType = 'float32' | 'float16' | 'bfloat16';

/** A run of numbers in a file, little-endian, row by row. */
export interface StoredPart {
  file: StoredFile;
  /** First byte. */
  offset: number;
  type: StoredType;
  /** How many numbers. */
  size: number;
}

/** Where the values of a tensor lie, instead of the values. */
export interface Stored {
  parts: readonly StoredPart[];
  /** The matrix that the parts make, one below the other: [rows, columns], or [rows]. */
  shape: readonly number[];
  /** The tensor is that matrix transposed. */
  transposed: boolean;
}

export const STORED_BYTES: Record<StoredType, number> = { float32: 4, float16: 2, bfloat16: 2 };

/** Tensors smaller than this go through JavaScript: a graph has hundreds of them, and together they are a thousandth of a model. */
const WORTH_STORING = 2 ** 14;

/**
 * A float32 tensor whose values stay in a file: compiled functions hand ONNX Runtime the place in the file, which maps it into
 * memory, and JavaScript never sees them. They are read when an eager op or `dataSync` asks for them, and at once on another backend
 * than `onnxruntime`.
 * @param parts one, or several that stand one below the other (the matrices of queries, keys and values, say)
 * @param shape of the tensor; what the parts hold in sum
 * @param options.transposed the file holds the transposed matrix, [shape[1], shape[0]]
 * @throws a sentence if the parts do not fill the shape, or (also later, when values are read) if a file is gone or has changed
 */
export function storedTensor(
  parts: readonly StoredPart[],
  shape: readonly number[],
  { transposed = false } = {},
): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const stored = parts.reduce((sum, part) => sum + part.size, 0);
  if (size !== stored || (transposed && shape.length !== 2))
    throw new Error(`Stored values: ${stored} of them do not make a tensor [${shape}].`);
  const source: Stored = { parts, shape: transposed ? [shape[1]!, shape[0]!] : [...shape], transposed };
  const backend = activeBackend();
  if (!backend || size < WORTH_STORING) return tf.tensor(readStored(source), [...shape], 'float32');
  return tf.engine().makeTensorFromTensorInfo(backend.stored(source, shape, () => readStored(source))) as tf.Tensor;
}

/**
 * Rows of a frozen matrix, read in JavaScript; of a stored one, these rows alone are read from the file.
 * @param tensor [N, D], no variable
 * @param rows n whole numbers below N
 * @returns n · D values
 */
export function tensorRows(tensor: tf.Tensor, rows: readonly number[]): Float32Array {
  const width = tensor.shape[1]!;
  const out = new Float32Array(rows.length * width);
  const source = storedOf(activeBackend(), tensor);
  if (!source || source.transposed || source.parts.length !== 1) {
    const values = tensor.dataSync<'float32'>();
    rows.forEach((row, i) => {
      out.set(values.subarray(row * width, (row + 1) * width), i * width);
    });
    return out;
  }
  const { file, offset, type } = source.parts[0]!;
  const known = new Map<number, Float32Array>();
  withFile(file, descriptor => {
    rows.forEach((row, i) => {
      if (!known.has(row)) {
        const part = { file, type, size: width, offset: offset + row * width * STORED_BYTES[type] };
        known.set(row, readPart(descriptor, part));
      }
      out.set(known.get(row)!, i * width);
    });
  });
  return out;
}

/**
 * Notes a file's size and time, so that a change while tensors lie in it does not go unseen.
 * @param path the real path
 */
export function storedFile(path: string): StoredFile {
  const { size, mtimeMs } = statSync(path);
  return { path, size, changed: mtimeMs };
}

/** @throws a sentence naming the file if it is no longer what it was when it was opened */
export function checkUnchanged(file: StoredFile): void {
  const now = statSync(file.path, { throwIfNoEntry: false });
  if (!now) throw new Error(`${file.path} is gone, and a model that was loaded from it still needs it.`);
  if (now.size !== file.size || now.mtimeMs !== file.changed)
    throw new Error(`${file.path} has changed since a model was loaded from it; load the model again.`);
}

/** Where a tensor's values lie, if they are in a file and it is not a view of another shape. */
export function storedOf(backend: OnnxBackend | undefined, tensor: tf.TensorInfo): Stored | undefined {
  return backend?.storedOf(tensor);
}

function readStored({ parts, shape, transposed }: Stored): Float32Array {
  const all = new Float32Array(shape.reduce((product, n) => product * n, 1));
  let at = 0;
  for (const part of parts) {
    withFile(part.file, descriptor => all.set(readPart(descriptor, part), at));
    at += part.size;
  }
  return transposed ? transpose(all, shape[0]!, shape[1]!) : all;
}

function withFile<T>(file: StoredFile, read: (descriptor: number) => T): T {
  checkUnchanged(file);
  const descriptor = openSync(file.path, 'r');
  try {
    return read(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readPart(descriptor: number, part: StoredPart): Float32Array {
  const bytes = readRaw(descriptor, part);
  if (part.type === 'float32') return new Float32Array(bytes.buffer);
  const half = new Uint16Array(bytes.buffer);
  return part.type === 'float16' ? float16ToFloat32(half) : bfloat16ToFloat32(half);
}

/** The bytes of a part as they are in the file, for a graph that cannot read them itself. */
export function storedBytes(part: StoredPart): Uint8Array {
  return withFile(part.file, descriptor => readRaw(descriptor, part));
}

function readRaw(descriptor: number, { file, offset, type, size }: StoredPart): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size * STORED_BYTES[type]);
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(descriptor, bytes, done, Math.min(bytes.length - done, 2 ** 30), offset + done);
    if (read === 0) throw new Error(`${file.path} is cut short: it ends at byte ${offset + done}.`);
    done += read;
  }
  return bytes;
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column]!;
  return out;
}
