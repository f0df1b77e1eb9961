import * as tf from '@tensorflow/tfjs';
import { ownedTensor } from './backend/backend.js';

/** A seeded random generator: the same seed gives the same numbers on every machine. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from 0 to n - 1. */
  integer(n: number): number;
  /** A new array in random order (Fisher and Yates). */
  shuffle<T>(array: readonly T[]): T[];
  /** Normal values with mean 0 and deviation `std`. */
  normal<R extends tf.Rank>(shape: tf.ShapeMap[R], std: number): tf.Tensor<R>;
  /** Uniform values in [low, high). */
  uniform<R extends tf.Rank>(shape: tf.ShapeMap[R], low: number, high: number): tf.Tensor<R>;
}

/**
 * A random generator with 128 bits of state: sfc32 of PractRand (Doty-Humphrey), seeded with a counter and twelve
 * rounds.
 *
 * @example
 * ```ts
 * import { seededRandom } from '@dgprompt/engine';
 *
 * const random = seededRandom(1);
 * console.log(random.shuffle([1, 2, 3]), random.normal([2, 3], 0.02).shape); // [ …, …, … ] [ 2, 3 ]
 * console.log(seededRandom(7).next() === seededRandom(7).next()); // true
 * ```
 */
export function seededRandom(seed: number): SeededRandom {
  let a = 0;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const word = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) word();

  const next = () => (word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53;
  const integer = (n: number) => Math.floor(next() * n);
  const fill = <R extends tf.Rank>(shape: tf.ShapeMap[R], value: () => number) =>
    ownedTensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, value), shape) as tf.Tensor<R>;
  // The Box-Muller transform; 1 - next() keeps the logarithm finite.
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    integer,
    shuffle: array => {
      const result = [...array];
      for (let i = result.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [result[i], result[j]] = [result[j]!, result[i]!];
      }
      return result;
    },
    normal: (shape, std) => fill(shape, () => gaussian() * std),
    uniform: (shape, low, high) => fill(shape, () => low + (high - low) * next()),
  };
}
