import { readdirSync } from 'node:fs';
import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { distance, golden, goldenClips, goldenFile, hasGolden, hasGoldenClips } from '../testing/tiny.js';
import { endPositions, textTower } from '../towers/text.js';
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

/** Every form of the folder; rejected ones have no images in their recording. */
const refused = ['hf-siglip2-naflex'];
const more = hasGoldenClips
  ? readdirSync(goldenClips, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [entry.name] : []))
  : [];

/** The largest differences between a checkpoint's features and logits and those of its library. */
async function differences(folder: string): Promise<Record<'images' | 'texts' | 'logits', number>> {
  const clip = await loadClip(folder);
  const expected = goldenFile('expect', `${folder}/`);
  const ids = expected.tensor('input_ids', 'int32');
  const image = await compile((x: tf.Tensor) => visionTower(clip.weights.vision, clip.config, x))(
    expected.tensor('images'),
  );
  const text = await compile((tokens: tf.Tensor, ends: tf.Tensor) =>
    textTower(clip.weights.text, clip.config, tokens, ends),
  )(ids, endPositions(clip.config, ids));
  const unit = (x: tf.Tensor2D) => tf.div<tf.Tensor2D>(x, tf.norm(x, 2, 1, true));
  const cosines = tf.matMul(unit(image), unit(text), false, true);
  const logits = tf.add(tf.mul(cosines, clip.logitScale), clip.logitBias);
  const found = {
    images: distance(image, expected.tensor('image_features')),
    texts: distance(text, expected.tensor('text_features')),
    logits: distance(logits, expected.tensor('logits')),
  };
  clip.dispose();
  expected.close();
  return found;
}

const tolerance = 1e-4;
const close = {
  images: expect.toSatisfy(isClose),
  texts: expect.toSatisfy(isClose),
  logits: expect.toSatisfy(isClose),
};
function isClose(difference: number): boolean {
  return difference < tolerance;
}

describe.skipIf(!hasGoldenClips)('every form that users have (needs ../shared/golden-clips)', () => {
  describe.each(['onnxruntime', 'cpu'] as const)('on %s', backend => {
    beforeAll(async () => {
      await useDevice({ backend });
    });

    test.each(more.filter(form => !refused.includes(form)))('%s equals its library', async form => {
      expect(await differences(`${goldenClips}${form}`)).toEqual(close);
    });
  });

  test('NaFlex throws and is named', async () => {
    await expect(loadClip(`${goldenClips}hf-siglip2-naflex`)).rejects.toThrow(/config\.json .*NaFlex/);
  });
});

describe.skipIf(!hasGolden)('checkpoints as the libraries write them (needs ../shared/golden)', () => {
  describe.each(['onnxruntime', 'cpu'] as const)('on %s', backend => {
    beforeAll(async () => {
      await useDevice({ backend });
    });

    test.each(forms)('%s gives the features and logits of its own library', async form => {
      expect(await differences(`${golden}checkpoints/${form}`)).toEqual(close);
    });
  });

  test('a tower without tokens throws one sentence for visual prompts', async () => {
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
