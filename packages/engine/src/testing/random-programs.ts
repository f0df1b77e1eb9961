import * as tf from '@tensorflow/tfjs-core';
import { seededRandom } from '../random.js';
import type { Case } from './differential.js';

export type Type = 'float32' | 'int32' | 'bool';
type Inputs = tf.Tensor[];

export const random = seededRandom(19);
export const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!;

const special = {
  float32: [
    Number.NaN,
    Infinity,
    -Infinity,
    -0,
    0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    1e-7,
    -1e-7,
    1e-12,
    3e9,
    -3e9,
    88,
    -104,
    1e20,
  ],
  int32: [0, 1, -1, 2, -2, 7, 2 ** 31 - 1, -(2 ** 31), 46341, 65536],
  bool: [0, 1],
};

/** Values that float32 holds and adds as precisely as JavaScript's double precision. */
const moderate = (value: number) => !Number.isFinite(value) || Math.abs(value) < 2 ** 17;

/** Numbers of a type: ordinary ones, and in `wild` tensors also special ones. */
function numbers(size: number, type: Type, wild: boolean | 'moderate'): number[] {
  const values = wild === 'moderate' ? special[type].filter(moderate) : special[type];
  const everyday = () =>
    type === 'float32' ? 4 * random.next() - 2 : type === 'int32' ? random.integer(9) - 4 : random.integer(2);
  return Array.from({ length: size }, () => (wild && random.next() < 0.4 ? pick<number>(values) : everyday()));
}

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
export const dims = () => pick([1, 1, 2, 2, 3, 3, 4, 5, 5, 9, 17, random.next() < 0.3 ? 0 : 2]);
export const anyShape = (rank = random.integer(5)) => Array.from({ length: rank }, dims);
export const tensor = (shape: readonly number[], type: Type, wild: boolean | 'moderate' = random.next() < 0.7) =>
  tf.tensor(numbers(sizeOf(shape), type, wild), [...shape], type);
export const indices = (shape: readonly number[], low: number, high: number) =>
  tf.tensor(
    Array.from({ length: sizeOf(shape) }, () => low + random.integer(Math.max(1, high - low))),
    [...shape],
    'int32',
  );

/** A shape that broadcasts against another or, rarely, does not. */
export const against = (shape: readonly number[]) =>
  shape.map(n => (random.next() < 0.3 ? 1 : random.next() < 0.03 ? n + 1 : n)).slice(random.next() < 0.3 ? 1 : 0);

export interface Op {
  /** Inputs and the program. */
  readonly make: () => { inputs: Inputs; run: Case['run'] };
  readonly tolerance?: number;
}

export const types =
  (...names: Type[]) =>
  () =>
    pick(names);
export const all = types('float32', 'float32', 'int32', 'bool');

export const unary = (fn: (x: tf.Tensor) => tf.Tensor | tf.Tensor[], type = all): Op => ({
  make: () => ({ inputs: [tensor(anyShape(), type())], run: x => fn(x!) }),
});
export const binary = (fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, type = all): Op => ({
  make: () => {
    const shape = anyShape();
    const [a, b] = [type(), type()];
    const wild = a === b ? undefined : 'moderate'; // tfjs-cpu casts integers without rounding them to floats
    const inputs = [tensor(shape, a, wild), tensor(against(shape), b, wild)];
    return { inputs: random.next() < 0.5 ? inputs : inputs.reverse(), run: (a, b) => fn(a!, b!) };
  },
});
export const reduction = (
  fn: (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor,
  type = all,
  wild?: 'moderate',
): Op => ({
  make: () => {
    const shape = anyShape(1 + random.integer(4));
    const axis = pick([undefined, 0, -1, shape.length - 1, [...shape.keys()].filter(() => random.next() < 0.5)]);
    const keep = random.next() < 0.5;
    return { inputs: [tensor(shape, type(), wild)], run: x => fn(x!, axis, keep) };
  },
});

export const floats = types('float32');
export const numeric = types('float32', 'int32');
