import * as tf from '@tensorflow/tfjs-core';
import { activeBackend } from '../backend/backend.js';
import { readStored, readStoredRows, type Stored, type StoredPart } from '../runtime/stored-file.js';

/**
 * Smaller tensors are read into JavaScript: a graph has hundreds of them, which make up a thousandth of a model.
 */
const WORTH_STORING = 2 ** 14;

/**
 * A float32 tensor whose values stay in a file: compiled functions pass the position in the file to ONNX Runtime, which
 * maps it into memory, so that the values never pass through JavaScript. They are read when an eager op or `dataSync`
 * needs them, and at once on backends other than `onnxruntime`.
 *
 * @param parts one, or several to be stacked vertically into one matrix (such as those of queries, keys and values)
 * @param shape of the tensor
 * @param options.transposed whether the file has the transposed matrix, [shape[1], shape[0]]
 * @throws one sentence if the parts do not fill the shape or if a file was deleted or changed, also later when values
 *   are read
 *
 * @example
 * ```ts
 * import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { storedFile, storedTensor } from '@dgprompt/engine/weights';
 *
 * const path = join(realpathSync(mkdtempSync(join(tmpdir(), 'x-'))), 'weights');
 * writeFileSync(path, new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer));
 * const tensor = storedTensor([{ file: storedFile(path), offset: 0, type: 'float32', size: 4 }], [2, 2]);
 * console.log(tensor.dataSync()); // Float32Array(4) [ 1, 2, 3, 4 ]
 * ```
 */
export function storedTensor(
  parts: readonly StoredPart[],
  shape: readonly number[],
  { transposed = false } = {},
): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const stored = parts.reduce((sum, part) => sum + part.size, 0);
  if (size !== stored || (transposed && shape.length !== 2))
    throw new Error(`${stored} stored values do not make a tensor [${shape}].`);
  const source: Stored = { parts, shape: transposed ? [shape[1]!, shape[0]!] : [...shape], transposed };
  const backend = activeBackend();
  if (!backend || size < WORTH_STORING) return tf.tensor(readStored(source), [...shape], 'float32');
  return tf.engine().makeTensorFromTensorInfo(backend.stored(source, shape, () => readStored(source))) as tf.Tensor;
}

/**
 * Rows of a frozen matrix, in JavaScript; of a stored matrix, only these rows are read from the file.
 *
 * @param tensor [N, D], not a variable
 * @param rows n whole numbers below N
 * @returns n · D values
 *
 * @example
 * ```ts
 * import { tensorRows } from '@dgprompt/engine/weights';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * console.log(tensorRows(tf.tensor2d([[1, 2], [3, 4], [5, 6]]), [2, 0])); // Float32Array(4) [ 5, 6, 1, 2 ]
 * ```
 */
export function tensorRows(tensor: tf.Tensor, rows: readonly number[]): Float32Array {
  const width = tensor.shape[1]!;
  const source = activeBackend()?.storedOf(tensor);
  if (source && !source.transposed && source.parts.length === 1) return readStoredRows(source.parts[0]!, rows, width);
  const out = new Float32Array(rows.length * width);
  const values = tensor.dataSync<'float32'>();
  rows.forEach((row, i) => {
    out.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}
