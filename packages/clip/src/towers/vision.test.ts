import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from '../clip.js';
import { expectSameGradients } from '../testing/gradients.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';
import { block, norm } from './block.js';
import { normalised } from './normalised.js';
import { transformerWeights } from './vision.js';

const { width, layers, heads } = tiny.vision;
const B = 2;
const M = 3;
let clip: Clip;
let images: tf.Tensor4D;

beforeAll(async () => {
  await tf.setBackend('cpu');
  clip = tinyClip();
  images = seededRandom(2).normal([B, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
});

/** The published tower: a strided convolution, every block whole, the class token taken at the end. */
function plain(prompts: (tf.Tensor | undefined)[]): { features: tf.Tensor; states: tf.Tensor[] } {
  const vision = transformerWeights(clip.weights.vision);
  const { patchSize } = tiny.vision;
  const kernel = tf.transpose(tf.reshape(vision.patchWeight, [3, patchSize, patchSize, width]), [1, 2, 0, 3]);
  const patches = tf.conv2d(tf.transpose(images, [0, 2, 3, 1]), kernel as tf.Tensor4D, patchSize, 'valid');
  const classToken = tf.tile(tf.reshape(vision.classEmbedding!, [1, 1, width]), [B, 1, 1]);
  const each = (p: tf.Tensor) => (p.rank === 2 ? tf.tile(tf.expandDims(p, 0), [B, 1, 1]) : p) as tf.Tensor3D;
  let tokens: tf.Tensor3D = tf.add(tf.concat([classToken, tf.reshape(patches, [B, -1, width])], 1), vision.positions);
  const count = tokens.shape[1];
  if (prompts[0]) tokens = tf.concat([tokens, each(prompts[0])], 1);
  tokens = norm(tokens, vision.lnPre!);
  const states: tf.Tensor[] = [];
  for (let l = 0; l < layers; l++) {
    const prompt = prompts[l];
    if (l > 0 && prompt) tokens = tf.concat([tf.slice(tokens, [0, 0, 0], [B, count, width]), each(prompt)], 1);
    states.push(tf.squeeze(tf.slice(tokens, [0, 0, 0], [B, 1, width]), [1]));
    tokens = block(tokens, vision.blocks[l]!, { heads, activation: tiny.activation }).tokens;
  }
  const token: tf.Tensor2D = tf.squeeze(tf.slice(tokens, [0, 0, 0], [B, 1, width]), [1]);
  return { features: normalised(tf.matMul(norm(token, vision.lnPost), vision.projection as tf.Tensor2D)), states };
}

describe('the tower that computes only what is read equals the plain one, in values and gradients of the prompts', () => {
  test.each<[string, number[][]]>([
    ['without prompts', []],
    ['shallow', [[M, width]]],
    [
      'deep',
      [
        [M, width],
        [M, width],
      ],
    ],
    [
      'deep, in every layer',
      [
        [M, width],
        [M, width],
        [M, width],
      ],
    ],
    ['per image', [[B, M, width]]],
    [
      'deep, another number of tokens above',
      [
        [M, width],
        [B, 1, width],
      ],
    ],
  ])('%s', (_, shapes) => {
    const random = seededRandom(4);
    const prompts = shapes.map(shape => random.normal(shape as [number, number], 0.7) as tf.Tensor);
    const fast = (...given: tf.Tensor[]) => clip.vision(images, { prompts: { layer: l => given[l] } });
    const slow = (...given: tf.Tensor[]) => plain(given).features;
    expect(distance(fast(...prompts), slow(...prompts))).toBeLessThan(1e-5);
    if (prompts.length === 0) return;
    const weights = random.normal([B, tiny.embedDim], 1);
    expectSameGradients(fast, slow, prompts, weights);
  });
});

test('visionStates gives the class tokens that enter each layer', () => {
  const prompts = [seededRandom(9).normal([M, width], 0.7) as tf.Tensor];
  const { features, states } = clip.visionStates(images, { prompts: { layer: l => prompts[l] } });
  const wanted = plain(prompts);
  expect(distance(features, wanted.features)).toBeLessThan(1e-5);
  expect(states).toHaveLength(layers);
  states.forEach((state, l) => {
    expect(distance(state, wanted.states[l]!)).toBeLessThan(1e-5);
  });
});

test('images and prompts of the wrong shape throw one sentence', () => {
  expect(() => clip.vision(tf.zeros([1, 3, 9, 9]))).toThrow('[B, 3, 8, 8]; these are [1,3,9,9]');
  const prompts = { layer: () => tf.zeros([M, width + 1]) };
  expect(() => clip.vision(images, { prompts })).toThrow('layer 0 are [M, 16] or [2, M, 16]; these are [3,17]');
});
