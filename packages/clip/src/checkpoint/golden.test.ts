import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { distance, golden, goldenFile, hasGolden } from '../testing/tiny.js';
import { textTower } from '../towers/text.js';
import { visionTower } from '../towers/vision.js';
import { loadClip } from './load.js';

const forms = [
  'hf-quickgelu',
  'hf-gelu-sharded-bf16',
  'openclip-gelu',
  'openclip-quickgelu',
  'openai-pt-state-fp16',
  'openai-pt-torchscript-fp16',
  'openai-pt-rn',
];

describe.skipIf(!hasGolden)('checkpoints as the libraries write them (needs ../shared/golden)', () => {
  describe.each(['onnxruntime', 'cpu'] as const)('on %s', backend => {
    beforeAll(async () => {
      await useDevice({ backend });
    });

    test.each(forms)('%s gives the features and logits of its own library', async form => {
      const clip = await loadClip(`${golden}checkpoints/${form}`);
      const expected = goldenFile(`checkpoints/${form}/expect`);
      const ids = expected.tensor('input_ids', 'int32');
      const image = await compile((x: tf.Tensor) => visionTower(clip.weights.vision, clip.config, x))(
        expected.tensor('images'),
      );
      expect(distance(image, expected.tensor('image_features'))).toBeLessThan(1e-4);
      const text = await compile((tokens: tf.Tensor, ends: tf.Tensor) =>
        textTower(clip.weights.text, clip.config, tokens, ends),
      )(ids, tf.argMax(ids, 1));
      expect(distance(text, expected.tensor('text_features'))).toBeLessThan(1e-4);
      const unit = (x: tf.Tensor2D) => tf.div<tf.Tensor2D>(x, tf.norm(x, 2, 1, true));
      const logits = tf.mul(tf.matMul(unit(image), unit(text), false, true), clip.logitScale);
      expect(distance(logits, expected.tensor('logits'))).toBeLessThan(1e-4);
      clip.dispose();
      expected.close();
    });
  });

  test('a tower without tokens refuses visual prompts in one sentence', async () => {
    await useDevice();
    const clip = await loadClip(`${golden}checkpoints/openai-pt-rn`);
    const images = tf.zeros([1, 3, 64, 64]);
    const prompts = { layer: () => undefined };
    expect(() => clip.vision(images, { prompts })).toThrow('ModifiedResNet');
    expect(() => clip.visionStates(images)).toThrow('ModifiedResNet');
    expect(() => clip.forwardJoint(images, ['a'], {})).toThrow(/ModifiedResNet|vocabulary/);
    clip.dispose();
  });
});
