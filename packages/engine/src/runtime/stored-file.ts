import { bfloat16ToFloat32, float16ToFloat32, type OpenFile, openFile } from '@dgprompt/io';
import { fileState, pathBelow, pathFrom } from './file-place.js';

/** A file of tensors, as it was when it was opened. */
export interface StoredFile {
  /** The real path: symbolic links resolved. */
  path: string;
  /** In bytes. */
  size: number;
  /** Modification time, in milliseconds. */
  changed: number;
}

export type StoredType = 'float32' | 'float16' | 'bfloat16';

/** Consecutive numbers in a file, little-endian, row by row. */
export interface StoredPart {
  file: StoredFile;
  /** Position of the first byte. */
  offset: number;
  type: StoredType;
  /** Count of numbers. */
  size: number;
}

/** Where a tensor's values are stored, in place of the values. */
export interface Stored {
  parts: readonly StoredPart[];
  /** Shape of the vertically stacked parts: [rows, columns], or [rows]. */
  shape: readonly number[];
  /** Whether the tensor is that matrix transposed. */
  transposed: boolean;
}

export const STORED_BYTES: Record<StoredType, number> = { float32: 4, float16: 2, bfloat16: 2 };

/**
 * Records a file's size and modification time, so that later changes are detected.
 *
 * @param path the real path, with symbolic links resolved
 *
 * @example
 * ```ts
 * import { realpathSync } from 'node:fs';
 * import { storedFile } from '@dgprompt/engine/weights';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const file = storedFile(realpathSync(`${miniClip}/model.safetensors`));
 * console.log(file.size > 1e6); // true
 * ```
 */
export function storedFile(path: string): StoredFile {
  const state = fileState(path);
  if (!state) throw new Error(`${path} does not exist.`);
  return { path, ...state };
}

/** @throws one sentence naming the file if it has changed since it was opened */
export function checkUnchanged(file: StoredFile): void {
  const now = fileState(file.path);
  if (!now) throw new Error(`${file.path} was deleted, and a model that was loaded from it still needs it.`);
  if (now.size !== file.size || now.changed !== file.changed)
    throw new Error(`${file.path} has changed since a model was loaded from it; load the model again.`);
}

/** The tensor's values, row by row. */
export function readStored({ parts, shape, transposed }: Stored): Float32Array {
  const [only, ...others] = parts;
  if (only && others.length === 0 && !transposed) return withFile(only.file, file => readPart(file, only));
  const all = new Float32Array(shape.reduce((product, n) => product * n, 1));
  let at = 0;
  for (const part of parts) {
    withFile(part.file, file => all.set(readPart(file, part), at));
    at += part.size;
  }
  return transposed ? transpose(all, shape[0]!, shape[1]!) : all;
}

/** Rows of a stored matrix [·, width]; each row is read once. @returns rows.length · width values */
export function readStoredRows({ file, offset, type }: StoredPart, rows: readonly number[], width: number) {
  const out = new Float32Array(rows.length * width);
  const known = new Map<number, Float32Array>();
  withFile(file, opened => {
    rows.forEach((row, i) => {
      if (!known.has(row)) {
        const part = { file, type, size: width, offset: offset + row * width * STORED_BYTES[type] };
        known.set(row, readPart(opened, part));
      }
      out.set(known.get(row)!, i * width);
    });
  });
  return out;
}

/** The bytes of a part as in the file, for a graph that cannot read them itself. */
export const storedBytes = (part: StoredPart): Uint8Array => withFile(part.file, file => readRaw(file, part));

/** Bytes of a file below a folder, to its end unless a length is given. */
export function bytesBelow(folder: string | undefined, location: string, offset: number, length?: number): Uint8Array {
  const file = openFile(pathBelow(folder, location));
  try {
    return file.read(offset, length === undefined ? file.size : offset + length);
  } finally {
    file.close();
  }
}

/** Fields of an ONNX tensor whose bytes are in a file, with its path relative to `folder`. */
export function externalData({ file, offset, type, size }: StoredPart, folder: string) {
  const entries = {
    location: pathFrom(folder, file.path),
    offset,
    length: size * STORED_BYTES[type],
  };
  return Object.entries(entries).map(([key, value]) => ({ key, value: String(value) }));
}

function withFile<T>(file: StoredFile, read: (opened: OpenFile) => T): T {
  checkUnchanged(file);
  const opened = openFile(file.path);
  try {
    return read(opened);
  } finally {
    opened.close();
  }
}

const readRaw = (opened: OpenFile, { offset, type, size }: StoredPart): Uint8Array<ArrayBuffer> =>
  opened.read(offset, offset + size * STORED_BYTES[type]);

function readPart(opened: OpenFile, part: StoredPart): Float32Array {
  const { buffer } = readRaw(opened, part);
  if (part.type === 'float32') return new Float32Array(buffer);
  const half = new Uint16Array(buffer);
  return part.type === 'float16' ? float16ToFloat32(half) : bfloat16ToFloat32(half);
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column]!;
  return out;
}
