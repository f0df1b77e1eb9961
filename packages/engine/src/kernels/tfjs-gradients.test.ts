import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { registerOnnxRuntime } from './register.js';
import { gradients } from './tfjs-gradients.js';

test('gradients are those of the installed tfjs-core', () => {
  const bundled = readFileSync(new URL('./tfjs-gradients.ts', import.meta.url), 'utf8');
  expect(bundled, 'run `npm run gradients -w @dgprompt/engine`').toContain(`tfjs-core ${tf.version_core}.`);
});

test('gradients are registered with the backend', () => {
  registerOnnxRuntime();
  for (const { kernelName } of gradients) expect(tf.getGradient(kernelName), kernelName).toBeDefined();
  const [x, filter] = [tf.ones<tf.Rank.R4>([1, 3, 3, 1]), tf.ones<tf.Rank.R4>([2, 2, 1, 1])];
  const gradient = tf.grad(x => tf.sum(tf.conv2d(x as tf.Tensor4D, filter, 1, 'valid')))(x);
  expect(Array.from(gradient.dataSync())).toEqual([1, 2, 1, 2, 4, 2, 1, 2, 1]); // the windows around each pixel
});
