/** A matrix in int8 and the scale of each of its columns: value ≈ int8 · scale. */
export interface QuantisedMatrix {
  readonly values: Int8Array<ArrayBuffer>; // [K, N]
  readonly scales: Float32Array<ArrayBuffer>; // [N]
}

/** Thrown for values that have no scale. */
export class NotFinite extends Error {}

/** Which values of an array share a scale: value i is of channel ⌊i / inner⌋ mod channels. */
interface Layout {
  channels: number;
  /** How many values of a channel follow each other. */
  inner: number;
}

/** Side of the blocks in which a matrix is transposed: both sides of one fit a core's first cache. */
const BLOCK = 64;

/** Added before a number of at most 127 is cut to an integer, and taken away afterwards: rounds to the nearest. */
const UP = 128;

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
  if (!transposed) return quantiseChannels(matrix, { channels: columns, inner: 1 }, largest);
  const { scales, inverse } = channelScales(matrix, { channels: rows, inner: columns }, largest);
  const values = new Int8Array(matrix.length);
  for (let top = 0; top < rows; top += BLOCK)
    for (let left = 0; left < columns; left += BLOCK) {
      const [bottom, right] = [Math.min(rows, top + BLOCK), Math.min(columns, left + BLOCK)];
      for (let row = top; row < bottom; row++) {
        const factor = inverse[row]!;
        for (let column = left, i = row * columns + left; column < right; column++, i++)
          values[column * rows + row] = ((matrix[i]! * factor + UP + 0.5) | 0) - UP;
      }
    }
  return { values, scales };
}

/** The same for values of any shape, which stay in their order. @throws if a value is not finite */
export function quantiseChannels(array: Float32Array, layout: Layout, largest: number): QuantisedMatrix {
  const { scales, inverse } = channelScales(array, layout, largest);
  const { channels, inner } = layout;
  const values = new Int8Array(array.length);
  for (let i = 0; i < array.length; )
    for (let channel = 0; channel < channels; channel++) {
      const factor = inverse[channel]!;
      for (const end = i + inner; i < end; i++) values[i] = ((array[i]! * factor + UP + 0.5) | 0) - UP;
    }
  return { values, scales };
}

/** The scale of each channel, and 1 / scale, or 0 where it has zeros only. */
function channelScales(array: Float32Array, { channels, inner }: Layout, largest: number) {
  const magnitudes = new Float32Array(channels); // NaN where a value is NaN
  for (let i = 0; i < array.length; )
    for (let channel = 0; channel < channels; channel++) {
      let most = magnitudes[channel]!;
      for (const end = i + inner; i < end; i++) most = Math.max(most, Math.abs(array[i]!));
      magnitudes[channel] = most;
    }
  const scales = magnitudes.map(magnitude => magnitude / largest);
  if (!scales.every(Number.isFinite))
    throw new NotFinite('A matrix has values that are not finite, so int8 cannot hold it.');
  return { scales, inverse: Float64Array.from(scales, scale => (scale === 0 ? 0 : 1 / scale)) };
}
