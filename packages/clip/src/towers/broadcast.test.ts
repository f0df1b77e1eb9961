import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { broadcast } from './broadcast.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test.each([
  [
    [3, 1],
    [2, 3, 4],
  ],
  [
    [1, 1, 2, 2],
    [3, 5, 2, 2],
  ],
  [
    [2, 1, 1, 3, 2],
    [2, 4, 1, 3, 2],
  ],
])('[%s] to [%s]: copies one way, sums the other', (from, to) => {
  const x = tf.randomNormal(from);
  const weights = tf.randomNormal(to);
  const wanted = tf.valueAndGrad(t => tf.sum(tf.mul(tf.add(t, tf.zeros(to)), weights)) as tf.Scalar)(x);
  const made = tf.valueAndGrad(t => tf.sum(tf.mul(broadcast(t, to), weights)) as tf.Scalar)(x);
  expect(broadcast(x, to).shape).toEqual(to);
  expect(made.value.dataSync()[0]).toBeCloseTo(wanted.value.dataSync()[0]!, 5);
  expect(tf.max(tf.abs(tf.sub(made.grad, wanted.grad))).dataSync()[0]).toBeLessThan(1e-5);
});
