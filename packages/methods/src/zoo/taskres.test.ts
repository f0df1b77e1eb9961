import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { writeSafetensors } from '@dgprompt/io';
import type * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Shots } from '../learner/types.js';
import { imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { close, expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { train } from '../training/train.js';
import { taskres } from './taskres.js';

beforeAll(async () => void (await useDevice()));

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'taskres-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe.skipIf(!hasGoldenZoo)('TaskRes equals its published code (skipped without ../shared/golden-zoo)', () => {
  it.each(['taskres', 'taskres-enhanced'])('%s: base, logits, loss, gradients, two steps of Adam', async name => {
    await inFolder(async folder => {
      const recording = await zooRecording(name);
      const { clip, classNames, tensor, has } = recording;
      const enhanced = has('enhanced.weight') ? join(folder, 'base.safetensors') : '';
      if (enhanced) {
        const weight = tensor('enhanced.weight');
        const data = weight.dataSync() as Float32Array;
        await writeSafetensors(enhanced, new Map([['weight', { shape: weight.shape, data }]]));
      }
      const method = taskres(clip, classNames, { enhanced });
      await method.learner.fit!({} as Shots);
      close('base', method.learner.state!.base as tf.Variable, tensor('base_text_features'));
      await expectRecorded(recording, method);
      recording.close();
    });
  });
});

describe('TaskRes', () => {
  const enhancedBy = async (enhanced: string) => {
    const method = taskres(tinyClip(), names, { enhanced, epochs: 1, shots: 2, protocol: 'few-shot' });
    for await (const _ of train(method, items(2), { transform: imageViews() }));
  };

  it('names a template without a place for the class name', async () => {
    const method = taskres(tinyClip(), names, { templates: ['a photo'], epochs: 1 });
    await expect(train(method, items(2), { transform: imageViews() }).next()).rejects.toThrow(
      'The template "a photo" has no {} for the class name',
    );
  });

  it('names a file that holds no text projection', async () => {
    await inFolder(async folder => {
      const file = join(folder, 'other.safetensors');
      await writeSafetensors(file, new Map([['weight', { shape: [2], data: new Float32Array(2) }]]));
      await expect(enhancedBy(file)).rejects.toThrow(
        `${file} has a "weight" of [2]; an enhanced base is a text projection of [8,8].`,
      );
    });
  });
});
