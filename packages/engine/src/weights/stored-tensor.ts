import * as tf from '@tensorflow/tfjs';
import { activeBackend } from '../backend/backend.js';
import { readStored, readStoredRows, type Stored, type StoredPart } from '../runtime/stored-file.js';

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
  const source = activeBackend()?.storedOf(tensor);
  if (source && !source.transposed && source.parts.length === 1) return readStoredRows(source.parts[0]!, rows, width);
  const out = new Float32Array(rows.length * width);
  const values = tensor.dataSync<'float32'>();
  rows.forEach((row, i) => {
    out.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}
