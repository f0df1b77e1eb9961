import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { holds } from '../../verify/golden-case.js';
import { gradientNear, moved } from './comparisons.js';

beforeAll(async () => void (await useDevice()));

/** Five entries that Adam moved by 0.002, with gradients down to almost zero. */
const recorded = (prefix: string) =>
  ({
    init: tf.zeros([5]),
    grad0: tf.tensor1d([1, -0.02, 0.005, 2e-4, 1e-5]),
    final: tf.tensor1d([-0.002, 0.002, -0.002, -0.002, -0.002]),
  })[prefix]!;

const differing = (differences: number[]) =>
  holds(moved('x', tf.add(recorded('final'), tf.tensor1d(differences)), recorded));

test('a difference of steps counts less for a small gradient, and not at all for one near zero', () => {
  expect(differing([1e-6, 1e-6, 3e-6, 5e-5, 1e-3])).toBe(true);
  expect(differing([3e-6, 0, 0, 0, 0])).toBe(false);
  expect(differing([0, 3e-6, 0, 0, 0])).toBe(false);
  expect(differing([0, 0, 6e-6, 0, 0])).toBe(false);
  expect(differing([0, 0, 0, 2e-4, 0])).toBe(false);
  expect(differing([Number.NaN, 0, 0, 0, 0])).toBe(false);
});

test('a variable whose first gradient is zero is compared after the steps', () => {
  const start = tf.zeros([2]);
  const end = tf.tensor1d([0.002, -0.002]);
  const value = (prefix: string) => (prefix === 'final' ? end : start);
  expect(holds(moved('x', end, value))).toBe(true);
  expect(holds(moved('x', start, value))).toBe(false);
});

test('a zero gradient, as of a low-rank factor whose other factor is zero, is compared absolutely', () => {
  const zero = tf.zeros([3]);
  expect(holds(gradientNear('x', zero, zero))).toBe(true);
  expect(holds(gradientNear('x', tf.tensor1d([0, 1e-3, 0]), zero))).toBe(false);
});
