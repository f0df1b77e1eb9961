import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { tiny, tinyClip } from '../testing/tiny.js';
import { slow } from './slow.js';

test('a vision tower that runs in JavaScript warns once; in gradients, compiled or on another backend it does not', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const told = () => warn.mock.calls.filter(([message]) => String(message).includes('imageFeatures(clip, images)'));
  slow.warned = false;
  const images = tf.zeros([1, 3, tiny.vision.imageSize, tiny.vision.imageSize]);
  await useDevice({ backend: 'cpu' });
  tinyClip().vision(images);
  await useDevice({ device: 'cpu' });
  const clip = tinyClip();
  await compile((pixels: tf.Tensor) => clip.vision(pixels))(images);
  tf.grad(pixels => clip.vision(pixels))(images);
  expect(told()).toHaveLength(0);
  clip.vision(images);
  clip.visionStates(images);
  expect(told()).toHaveLength(1);
});
