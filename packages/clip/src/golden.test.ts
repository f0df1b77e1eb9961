import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from './clip.js';
import { distance, goldenClip, goldenFile, hasGolden } from './testing/tiny.js';
import { normalised } from './towers/normalised.js';
import { textTower } from './towers/text.js';

describe.skipIf(!hasGolden)('zero-shot CLIP equals the published code (needs ../shared/golden)', () => {
  let clip: Clip;
  let expected: ReturnType<typeof goldenFile>;

  beforeAll(async () => {
    await useDevice();
    clip = await goldenClip();
    expected = goldenFile('zeroshot');
  });

  afterAll(() => {
    clip.dispose();
    expected.close();
  });

  test('its config is read from the shapes', () => {
    expect(clip.config).toEqual({
      embedDim: 64,
      activation: 'quick_gelu',
      vision: { imageSize: 32, patchSize: 8, width: 128, layers: 3, heads: 2 },
      text: { contextLength: 77, vocabSize: 21, width: 128, layers: 3, heads: 2 },
    });
  });

  test('image features', async () => {
    const features = await compile((images: tf.Tensor) => clip.vision(images))(expected.tensor('images'));
    expect(distance(features, normalised(expected.tensor('image_features')))).toBeLessThan(1e-4);
  });

  test('text features of names', async () => {
    const features = await compile(() => clip.text(names()))();
    expect(distance(features, normalised(expected.tensor('text_features')))).toBeLessThan(1e-4);
  });

  test('text features of the plain tower over whole rows', async () => {
    const rows = expected.tensor('tokens', 'int32');
    const tower = compile((tokens: tf.Tensor, ends: tf.Tensor) =>
      textTower(clip.weights.text, clip.config, tokens, ends),
    );
    const features = await tower(rows, tf.argMax(rows, 1));
    expect(distance(features, expected.tensor('text_features'))).toBeLessThan(1e-4);
  });

  test('logits', async () => {
    // The published run's scale was ln(1/0.07) in float32; the weight file holds it rounded to float16.
    const scale = 1 / 0.07;
    expect(Math.abs(Math.log(clip.logitScale / scale))).toBeLessThan(2 ** -10);
    const logits = compile((images: tf.Tensor) =>
      tf.mul(tf.matMul(clip.vision(images), clip.text(names()) as tf.Tensor2D, false, true), scale),
    );
    expect(distance(await logits(expected.tensor('images')), expected.tensor('logits'))).toBeLessThan(1e-4);
  });

  const names = (): string[] => JSON.parse(expected.metadata.classnames!);
});
