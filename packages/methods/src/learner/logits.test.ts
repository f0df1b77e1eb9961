import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cosineLogits } from './logits.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('cosineLogits', () => {
  const image = tf.tensor2d([
    [1, 0],
    [0.6, 0.8],
  ]);

  it('are cosines times the scale', () => {
    const text = tf.tensor2d([
      [0, 1],
      [1, 0],
      [0.8, 0.6],
    ]);
    expect(cosineLogits({ image, text }, 10).arraySync()).toEqual([
      [0, 10, 8].map(x => expect.closeTo(x, 5)),
      [8, 6, 9.6].map(x => expect.closeTo(x, 5)),
    ]);
  });

  it('take each image’s own text', () => {
    const text = tf.tensor3d([[[0, 1]], [[1, 0]]]);
    expect(cosineLogits({ image, text }, 10).arraySync()).toEqual([[0], [expect.closeTo(6, 5)]]);
  });
});
