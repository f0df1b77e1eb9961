import { type RandomStream, randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { ownedTensor } from './backend/backend.js';

/** A seeded random generator: the same seed gives the same numbers on every machine. */
export interface SeededRandom extends RandomStream {
  /** Normal values with mean 0 and standard deviation `std`. */
  normal<R extends tf.Rank>(shape: tf.ShapeMap[R], std: number): tf.Tensor<R>;
  /** Uniform values in [low, high). */
  uniform<R extends tf.Rank>(shape: tf.ShapeMap[R], low: number, high: number): tf.Tensor<R>;
  fork(...name: readonly (string | number)[]): SeededRandom;
}

/**
 * A random generator of numbers and tensors: `randomStream` from `@dgprompt/io`, extended with tensors.
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
export const seededRandom = (seed: number): SeededRandom => withTensors(randomStream(seed));

function withTensors(stream: RandomStream): SeededRandom {
  const { next } = stream;
  const fill = <R extends tf.Rank>(shape: tf.ShapeMap[R], value: () => number) =>
    ownedTensor(Float32Array.from({ length: tf.util.sizeFromShape(shape) }, value), shape) as tf.Tensor<R>;
  // The Box-Muller transform; 1 - next() keeps the logarithm finite.
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    ...stream,
    normal: (shape, std) => fill(shape, () => gaussian() * std),
    uniform: (shape, low, high) => fill(shape, () => low + (high - low) * next()),
    fork: (...name) => withTensors(stream.fork(...name)),
  };
}
