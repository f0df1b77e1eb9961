/** A matrix in int8 and the scale of each of its columns: value ≈ int8 · scale. */
export interface QuantisedMatrix {
  readonly values: Int8Array; // [K, N]
  readonly scales: Float32Array; // [N]
}

/** Side of the blocks in which a matrix is transposed: both sides of one fit a core's first cache. */
const BLOCK = 64;

/**
 * Quantises a matrix symmetrically, with a scale for each output channel, which is each column of the right factor.
 *
 * @param matrix [rows, columns]
 * @param transposed the right factor is the transposed matrix
 * @param largest the int8 value of a channel's largest magnitude, at most 127
 * @returns the right factor; its values are 0 where a channel has zeros only
 * @throws if a value is not finite
 */
export function quantise(
  matrix: Float32Array,
  { rows, columns, transposed, largest }: { rows: number; columns: number; transposed: boolean; largest: number },
): QuantisedMatrix {
  const scales = (transposed ? rowMagnitudes(matrix, rows, columns) : columnMagnitudes(matrix, rows, columns)).map(
    magnitude => magnitude / largest,
  );
  if (!scales.every(Number.isFinite)) throw new Error('has values that are not finite');
  const inverse = Float64Array.from(scales, scale => (scale === 0 ? 0 : 1 / scale));
  const values = new Int8Array(rows * columns);
  const write = transposed ? writeTransposed : writeStraight;
  write(matrix, values, { rows, columns, inverse });
  return { values, scales };
}

interface Write {
  rows: number;
  columns: number;
  /** 1 / scale of each output channel. */
  inverse: Float64Array;
}

/** Added before a number of at most 127 is cut to an integer, and taken away afterwards: rounds to the nearest. */
const UP = 128;

function writeStraight(matrix: Float32Array, values: Int8Array, { rows, columns, inverse }: Write): void {
  for (let row = 0, i = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, i++)
      values[i] = ((matrix[i]! * inverse[column]! + UP + 0.5) | 0) - UP;
}

function writeTransposed(matrix: Float32Array, values: Int8Array, { rows, columns, inverse }: Write): void {
  for (let top = 0; top < rows; top += BLOCK)
    for (let left = 0; left < columns; left += BLOCK) {
      const [bottom, right] = [Math.min(rows, top + BLOCK), Math.min(columns, left + BLOCK)];
      for (let row = top; row < bottom; row++) {
        const factor = inverse[row]!;
        for (let column = left, i = row * columns + left; column < right; column++, i++)
          values[column * rows + row] = ((matrix[i]! * factor + UP + 0.5) | 0) - UP;
      }
    }
}

/** The largest magnitude of each row; NaN where a value is NaN. */
function rowMagnitudes(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const magnitudes = new Float32Array(rows);
  for (let row = 0, i = 0; row < rows; row++) {
    let most = 0;
    for (let column = 0; column < columns; column++, i++) most = Math.max(most, Math.abs(matrix[i]!));
    magnitudes[row] = most;
  }
  return magnitudes;
}

function columnMagnitudes(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const magnitudes = new Float32Array(columns);
  for (let row = 0, i = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, i++)
      magnitudes[column] = Math.max(magnitudes[column]!, Math.abs(matrix[i]!));
  return magnitudes;
}
