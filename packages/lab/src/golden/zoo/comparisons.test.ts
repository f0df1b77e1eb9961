import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { holds } from '../../verify/golden-case.js';
import { gradientNear, moved } from './comparisons.js';

beforeAll(async () => void (await useDevice()));

/** Five entries that Adam moved by 0.002, with gradients down to almost nothing. */
const recorded = (prefix: string) =>
  ({
    init: tf.zeros([5]),
    grad0: tf.tensor1d([1, -0.02, 0.005, 2e-4, 1e-5]),
    final: tf.tensor1d([-0.002, 0.002, -0.002, -0.002, -0.002]),
  })[prefix]!;

const differing = (differences: number[]) =>
  holds(moved('x', tf.add(recorded('final'), tf.tensor1d(differences)), recorded));

test('a difference of steps counts less where the gradient is small, and not where it is almost nothing', () => {
  expect(differing([1e-6, 1e-6, 3e-6, 5e-5, 1e-3])).toBe(true);
  expect(differing([3e-6, 0, 0, 0, 0])).toBe(false);
  expect(differing([0, 3e-6, 0, 0, 0])).toBe(false);
  expect(differing([0, 0, 6e-6, 0, 0])).toBe(false);
  expect(differing([0, 0, 0, 2e-4, 0])).toBe(false);
  expect(differing([Number.NaN, 0, 0, 0, 0])).toBe(false);
});

test('a gradient that is zero, as of a low-rank part whose other half is zero, is compared as it is', () => {
  const zero = tf.zeros([3]);
  expect(holds(gradientNear('x', zero, zero))).toBe(true);
  expect(holds(gradientNear('x', tf.tensor1d([0, 1e-3, 0]), zero))).toBe(false);
});
