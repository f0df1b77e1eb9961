import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { ClipConfig } from '../config.js';
import { forms, randomParameters, writeCheckpoint } from '../testing/checkpoints.js';
import { distance, wordTokenizer } from '../testing/tiny.js';
import { loadClip } from './load.js';

const folder = mkdtempSync(join(tmpdir(), 'forms-'));
/** Large enough for weights to stay in the file. */
const config: ClipConfig = {
  embedDim: 32,
  activation: 'gelu',
  vision: { imageSize: 32, patchSize: 8, width: 128, layers: 2, heads: 2 },
  text: { contextLength: 77, vocabSize: 300, width: 64, layers: 3, heads: 1 },
};

beforeAll(async () => {
  await useDevice();
});

test('every form of the same weights gives the same features', async () => {
  const named = randomParameters(config);
  const images = tf.randomNormal([2, 3, 32, 32], 0, 1, 'float32', 1);
  const outputs: tf.Tensor[][] = [];
  for (const form of forms) {
    const path = await writeCheckpoint(folder, form, config, named);
    const clip = await loadClip(path, { activation: 'gelu', tokenizer: wordTokenizer(300) });
    expect(clip.config, form).toEqual(config);
    outputs.push(await compile((x: tf.Tensor) => [clip.vision(x), clip.text(['cat', 'big dog'])])(images));
    clip.dispose();
  }
  for (const [i, [image, text]] of outputs.entries()) {
    expect(distance(image!, outputs[0]![0]!), forms[i]).toBeLessThan(1e-6);
    expect(distance(text!, outputs[0]![1]!), forms[i]).toBeLessThan(1e-6);
  }
  expect(distance(outputs[0]![0]!, tf.reverse(outputs[0]![0]!, 0))).toBeGreaterThan(1e-3);
});
