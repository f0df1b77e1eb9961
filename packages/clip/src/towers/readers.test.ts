import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Clip } from '../clip.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';

const names = ['cat', 'fire_engine', 'dog of war'];
const K = 3;
const B = 2;
const M = 2;
let clip: Clip;
let images: tf.Tensor4D;
const draw = (seed: number, ...shape: number[]) =>
  seededRandom(seed).normal(shape as [number, number], 0.5) as tf.Tensor;

beforeAll(async () => {
  await tf.setBackend('cpu');
  clip = tinyClip();
  images = seededRandom(2).normal([B, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
});

test('readers do not see each other: each gives what it gives alone', () => {
  const text = draw(3, K, tiny.text.width);
  const vision = draw(4, K, tiny.vision.width);
  const [ofText, ofVision] = [clip.textReaders(names, text), clip.visionReaders(images, vision)];
  expect([ofText.shape, ofVision.shape]).toEqual([
    [names.length, K, tiny.embedDim],
    [B, K, tiny.embedDim],
  ]);
  for (let k = 0; k < K; k++) {
    const one = (x: tf.Tensor) => tf.slice(x, [k, 0], [1, -1]);
    const at = (x: tf.Tensor) => tf.slice(x, [0, k, 0], [-1, 1, -1]);
    expect(distance(clip.textReaders(names, one(text)), at(ofText))).toBeLessThan(1e-5);
    expect(distance(clip.visionReaders(images, one(vision)), at(ofVision))).toBeLessThan(1e-5);
  }
});

test('a reader per image, also with prompts per image, equals that of the image alone', () => {
  const readers = draw(4, B, K, tiny.vision.width);
  const all = clip.visionReaders(images, readers);
  const text = draw(3, K, tiny.text.width);
  const contexts = [draw(5, M, tiny.text.width), draw(6, B, 1, M, tiny.text.width)];
  const perImage = clip.textReaders(names, text, { prompts: { tokens: M, layer: l => contexts[l] } });
  expect(perImage.shape).toEqual([B, names.length, K, tiny.embedDim]);
  for (let i = 0; i < B; i++) {
    const own = (x: tf.Tensor) => tf.slice(x, [i], [1]);
    expect(distance(clip.visionReaders(own(images), own(readers)), own(all))).toBeLessThan(1e-5);
    const prompts = { tokens: M, layer: (l: number) => (l === 1 ? own(contexts[1]!) : contexts[l]) };
    expect(distance(clip.textReaders(names, text, { prompts }), own(perImage))).toBeLessThan(1e-5);
  }
});

test('readers of another width throw', () => {
  expect(() => clip.textReaders(names, tf.zeros([K, 5]))).toThrow(
    'Readers of the text tower are [K, 12]; these are [3,5]',
  );
});
