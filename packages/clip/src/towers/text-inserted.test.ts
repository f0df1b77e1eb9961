import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from '../clip.js';
import { expectSameGradients } from '../testing/gradients.js';
import { plainText } from '../testing/plain-towers.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';

const { width, layers } = tiny.text;
const M = 2;
const B = 2;
let clip: Clip;

beforeAll(async () => {
  await tf.setBackend('cpu');
  clip = tinyClip();
});

describe('a context that enters above the first layer matches the plain tower', () => {
  const names = ['cat', 'fire_engine', 'dog of war'];
  test.each<[string, number, number[][]]>([
    [
      'from the second layer on',
      1,
      [
        [M, width],
        [M, width],
      ],
    ],
    ['into one layer, whose outputs stay', 1, [[M, width]]],
    ['into the last layer', layers - 1, [[M, width]]],
    [
      'per class',
      2,
      [
        [names.length, M, width],
        [M, width],
      ],
    ],
    [
      'per image',
      1,
      [
        [M, width],
        [B, 1, M, width],
      ],
    ],
    ['per image and class', 1, [[B, names.length, M, width]]],
  ])('%s', (_, from, shapes) => {
    const random = seededRandom(5);
    const contexts = shapes.map(shape => random.normal(shape as [number, number], 0.5) as tf.Tensor);
    const fast = (...given: tf.Tensor[]) =>
      clip.text(names, { prompts: { tokens: M, from, layer: l => given[l - from] } });
    const slow = (...given: tf.Tensor[]) =>
      plainText(clip, names, { tokens: M, from }, { prompts: [...new Array(from).fill(undefined), ...given] }).features;
    const made = fast(...contexts);
    expect(distance(made, slow(...contexts))).toBeLessThan(1e-5);
    expect(distance(made, tf.add(tf.zerosLike(made), clip.text(names)))).toBeGreaterThan(1e-3);
    expectSameGradients(fast, slow, contexts, random.normal(made.shape as [number, number], 1));
  });

  test('a single class, whose prompts are all prefix except for the end token', () => {
    const context = seededRandom(5).normal([M, width], 0.5) as tf.Tensor;
    const made = clip.text(['cat'], { prompts: { tokens: M, from: 1, layer: l => (l === 1 ? context : undefined) } });
    const wanted = plainText(clip, ['cat'], { tokens: M, from: 1 }, { prompts: [undefined, context] }).features;
    expect(distance(made, wanted)).toBeLessThan(1e-5);
  });
});

test('a context below its first layer, or none in it, throws', () => {
  const prompts = (layer: number) => ({
    tokens: M,
    from: 1,
    layer: (l: number) => (l === layer ? tf.zeros([M, width]) : undefined),
  });
  expect(() => clip.text(['cat'], { prompts: prompts(2) })).toThrow('no context for layer 1');
  const both = { ...prompts(1), layer: () => tf.zeros([M, width]) };
  expect(() => clip.text(['cat'], { prompts: both })).toThrow('have a context for layer 0; leave it undefined');
});
