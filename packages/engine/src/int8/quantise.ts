/** A matrix in int8 and the scale of each of its columns: value ≈ int8 · scale. */
export interface QuantisedMatrix {
  readonly values: Int8Array<ArrayBuffer>; // [K, N]
  readonly scales: Float32Array<ArrayBuffer>; // [N]
}

/** Int8 values of a channel's largest weight: the full range, or half of it, so that two products fit in 16 bits. */
export const FULL_RANGE = 127;
export const HALF_RANGE = 63;

/** Thrown for values that have no scale. */
export class NotFinite extends Error {}

/** Which values of an array share a scale: value i belongs to channel ⌊i / inner⌋ mod channels. */
interface Layout {
  channels: number;
  /** Number of consecutive values of a channel. */
  inner: number;
}

/** Side of the blocks in which a matrix is transposed: source and target of one block fit in a core's L1 cache. */
const BLOCK = 64;

/** Added before truncating a number of at most 127 to an integer and subtracted afterwards: rounds to the nearest. */
const UP = 128;

/**
 * Quantises a matrix symmetrically, with a scale for each output channel, i.e. each column of the right factor.
 *
 * @param matrix [rows, columns]
 * @param transposed the right factor is the transposed matrix
 * @param largest the int8 value of a channel's largest magnitude, at most 127
 * @returns the right factor; its values are 0 where a channel is all zeros
 * @throws if a value is not finite
 */
export function quantise(
  matrix: Float32Array,
  { rows, columns, transposed, largest }: { rows: number; columns: number; transposed: boolean; largest: number },
): QuantisedMatrix {
  if (!transposed) return quantiseChannels(matrix, { channels: columns, inner: 1 }, largest);
  const { scales, inverse } = channelScales(matrix, { channels: rows, inner: columns }, largest);
  const values = new Int8Array(matrix.length);
  for (let left = 0; left < columns; left += BLOCK)
    for (let top = 0; top < rows; top += BLOCK) {
      const [bottom, right] = [Math.min(rows, top + BLOCK), Math.min(columns, left + BLOCK)];
      for (let column = left; column < right; column++) {
        const out = column * rows;
        for (let row = top, i = top * columns + column; row < bottom; row++, i += columns)
          values[out + row] = ((matrix[i]! * inverse[row]! + UP + 0.5) | 0) - UP;
      }
    }
  return { values, scales };
}

/** The same for values of any shape, keeping their order. @throws if a value is not finite */
export function quantiseChannels(array: Float32Array, layout: Layout, largest: number): QuantisedMatrix {
  const { scales, inverse } = channelScales(array, layout, largest);
  const { channels, inner } = layout;
  const values = new Int8Array(array.length);
  if (inner === 1)
    for (let i = 0; i < array.length; )
      for (let channel = 0; channel < channels; channel++, i++)
        values[i] = ((array[i]! * inverse[channel]! + UP + 0.5) | 0) - UP;
  else
    for (let i = 0; i < array.length; )
      for (let channel = 0; channel < channels; channel++) {
        const factor = inverse[channel]!;
        for (const end = i + inner; i < end; i++) values[i] = ((array[i]! * factor + UP + 0.5) | 0) - UP;
      }
  return { values, scales };
}

/** The scale of each channel, and 1 / scale, or 0 where the channel is all zeros. */
function channelScales(array: Float32Array, layout: Layout, largest: number) {
  const scales = magnitudes(array, layout).map(magnitude => magnitude / largest);
  if (!scales.every(Number.isFinite))
    throw new NotFinite('A matrix has values that are not finite, so int8 cannot hold it.');
  return { scales, inverse: Float64Array.from(scales, scale => (scale === 0 ? 0 : 1 / scale)) };
}

/** Masks out the sign of a float32; its bits are then integers in the order of magnitudes, with NaN above all. */
const MAGNITUDE = 0x7fffffff;

/** The largest magnitude of each channel; NaN where a value is NaN. */
function magnitudes(array: Float32Array, { channels, inner }: Layout): Float32Array<ArrayBuffer> {
  const bits = new Int32Array(array.buffer, array.byteOffset, array.length);
  const most = new Int32Array(channels);
  if (inner === 1)
    for (let i = 0; i < bits.length; )
      for (let channel = 0; channel < channels; channel++, i++) {
        const magnitude = bits[i]! & MAGNITUDE;
        if (magnitude > most[channel]!) most[channel] = magnitude;
      }
  else
    for (let i = 0; i < bits.length; )
      for (let channel = 0; channel < channels; channel++) {
        let largest = most[channel]!;
        for (const end = i + inner; i < end; i++) largest = Math.max(largest, bits[i]! & MAGNITUDE);
        most[channel] = largest;
      }
  return new Float32Array(most.buffer);
}
