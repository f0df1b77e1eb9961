import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Clip } from '../clip.js';
import { expectSameGradients } from '../testing/gradients.js';
import { plainVision } from '../testing/plain-towers.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';

const { width, layers } = tiny.vision;
const B = 2;
const M = 3;
let clip: Clip;
let images: tf.Tensor4D;

beforeAll(async () => {
  await tf.setBackend('cpu');
  clip = tinyClip();
  images = seededRandom(2).normal([B, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
});

test.each([false, true])('every token of every layer is that of the plain tower, with prompts: %s', withPrompts => {
  const random = seededRandom(6);
  const prompts = withPrompts ? [0, 1].map(() => random.normal([M, width], 0.5) as tf.Tensor) : [];
  const made = clip.visionTokens(images, { prompts: { layer: l => prompts[l] } });
  const wanted = plainVision(clip, images, { prompts });
  expect(made.states).toHaveLength(layers + 1);
  made.states.forEach((state, l) => {
    expect(state.shape).toEqual([B, 1 + 4 + (withPrompts ? M : 0), width]);
    expect(distance(state, wanted.states[l]!)).toBeLessThan(1e-5);
  });
  expect(distance(made.tokens, wanted.tokens)).toBeLessThan(1e-5);
  expect(distance(made.features, clip.vision(images, { prompts: { layer: l => prompts[l] } }))).toBeLessThan(1e-6);
  if (!withPrompts) return;
  const fast = (...given: tf.Tensor[]) => clip.visionTokens(images, { prompts: { layer: l => given[l] } }).tokens;
  const slow = (...given: tf.Tensor[]) => plainVision(clip, images, { prompts: given }).tokens;
  expectSameGradients(fast, slow, prompts, random.normal(made.tokens.shape, 1));
});

test('prompts may start above the first layer: they are new tokens there', () => {
  const prompt = seededRandom(6).normal([M, width], 0.5) as tf.Tensor;
  const layer = (l: number) => (l === 1 ? prompt : undefined);
  const { states, tokens } = clip.visionTokens(images, { prompts: { layer } });
  expect(states.map(state => state.shape[1])).toEqual([5, 5 + M, 5 + M, 5 + M]);
  expect(distance(tokens, plainVision(clip, images, { prompts: [undefined, prompt] }).tokens)).toBeLessThan(1e-5);
});

test('a ModifiedResNet gives every cell of its attention pool, and takes no changes inside', () => {
  const stages = [1, 1, 1, 1];
  const resNet = tinyClip({
    ...tiny,
    vision: { imageSize: 64, patchSize: 32, width: 8, layers: 4, heads: 2, stages },
  });
  const pictures = seededRandom(2).normal([B, 3, 64, 64], 1);
  const { features, tokens, states } = resNet.visionTokens(pictures);
  expect([tokens.shape, states]).toEqual([[B, 1 + 4, tiny.embedDim], []]);
  expect(distance(features, resNet.vision(pictures))).toBeLessThan(1e-6);
  const [first, second] = [0, 1].map(i => tf.slice(tokens, [0, 1 + i, 0], [-1, 1, -1]));
  expect(distance(first!, second!)).toBeGreaterThan(1e-3);
  expect(() => resNet.vision(pictures, { between: (_, x) => x })).toThrow('no changes inside');
});
