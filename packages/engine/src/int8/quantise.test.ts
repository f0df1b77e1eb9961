import { expect, it } from 'vitest';
import { seededRandom } from '../random.js';
import { FULL_RANGE, HALF_RANGE, quantise, quantiseChannels } from './quantise.js';
import { isExact } from './saturation.js';

const [rows, columns] = [70, 131];
const matrix = Float32Array.from(seededRandom(1).normal([rows, columns], 2).dataSync());

it.each([FULL_RANGE, HALF_RANGE])('rounds to the nearest of ± %i steps per channel', largest => {
  const straight = quantise(matrix, { rows, columns, transposed: false, largest });
  const turned = quantise(matrix, { rows, columns, transposed: true, largest });
  expect([straight.scales.length, turned.scales.length]).toEqual([columns, rows]);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const value = matrix[row * columns + column]!;
      const steps = straight.values[row * columns + column]!;
      expect(Math.abs(steps - value / straight.scales[column]!)).toBeLessThan(0.5001);
      expect(Math.abs(turned.values[column * rows + row]! - value / turned.scales[row]!)).toBeLessThan(0.5001);
      expect(Math.abs(steps)).toBeLessThanOrEqual(largest);
    }
  expect(Math.max(...straight.values)).toBe(largest);
});

it('accepts a matrix without rows and channels of zeros, and rejects values that are not finite', () => {
  expect(quantise(new Float32Array(0), { rows: 0, columns: 4, transposed: false, largest: 127 }).values).toHaveLength(
    0,
  );
  const zeros = quantise(new Float32Array(6), { rows: 2, columns: 3, transposed: true, largest: 127 });
  expect([...zeros.values, ...zeros.scales]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY])
    expect(() => quantise(Float32Array.of(1, bad), { rows: 1, columns: 2, transposed: false, largest: 127 })).toThrow(
      'not finite',
    );
});

it('quantises arrays of any shape, keeping their order, like the matrices of their channels', () => {
  const [outer, channels, inner] = [2, 5, 131 * 7];
  const array = matrix.slice(0, outer * channels * inner);
  const { values, scales } = quantiseChannels(array, { channels, inner }, FULL_RANGE);
  const turned = quantise(inChannels(array), {
    rows: channels,
    columns: outer * inner,
    transposed: true,
    largest: 127,
  });
  expect(scales).toEqual(turned.scales);
  const straight = [...inChannels(Float32Array.from(values))];
  expect(straight).toEqual(straight.map((_, i) => turned.values[(i % (outer * inner)) * channels + channelOf(i)]));

  /** [outer, channels, inner] as [channels, outer · inner]. */
  function inChannels(all: Float32Array): Float32Array {
    const part = (k: number, channel: number) => all.subarray((k * channels + channel) * inner).subarray(0, inner);
    const rows = Array.from({ length: channels }, (_, channel) => [...part(0, channel), ...part(1, channel)]);
    return Float32Array.from(rows.flat());
  }
  function channelOf(i: number): number {
    return Math.floor(i / (outer * inner));
  }
});

it('never saturates on this machine with half the range of weights', async () => {
  expect(await isExact(HALF_RANGE)).toBe(true);
});
