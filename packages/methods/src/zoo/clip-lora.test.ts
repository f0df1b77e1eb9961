import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import type * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkMethod } from '../check/check-method.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { drawNoise } from '../training/noise.js';
import { type TrainOptions, train } from '../training/train.js';
import { clipLora } from './clip-lora.js';

beforeAll(async () => {
  await useDevice();
});

describe.skipIf(!hasGoldenZoo)('CLIP-LoRA (needs ../shared/golden-zoo)', () => {
  it('equals its published code', async () => {
    const recording = await zooRecording('clip-lora');
    const method = clipLora(recording.clip, recording.classNames, { dropout: 0 }); // as in the recording
    await expectRecorded(recording, method);
    method.dispose();
    recording.close();
  });
});

describe('CLIP-LoRA', () => {
  it('satisfies the contract', () => checkMethod(clipLora, { clip: tinyClip() }));

  it('starts as CLIP', () => {
    const clip = tinyClip();
    const { learner, task } = clipLora(clip, ['cat', 'owl']);
    const made = learner.textFeatures!(['cat', 'owl'], task) as tf.Tensor;
    expect([...made.dataSync()]).toEqual([...clip.text(['cat', 'owl']).dataSync()].map(x => expect.closeTo(x, 6)));
  });

  it('runs 500 steps per shot', () => {
    const { recipe } = clipLora.definition;
    const about = { protocol: 'few-shot' as const, dataset: 'dtd', templates: [] as string[] };
    expect(recipe({ ...about, shots: 16, images: 752 }).epochs).toBe(334); // of 24 steps
    expect(recipe({ ...about, shots: 1, images: 47 }).epochs).toBe(250); // of 2 steps
    expect(recipe({ ...about, shots: 1, images: 10 }).epochs).toBe(500);
  });

  it('changes one tower, and the output layer, if asked to', () => {
    const clip = tinyClip();
    const { variables, imageFeatures } = clipLora(clip, ['cat', 'owl'], { towers: 'text', parts: 'vo' }).learner;
    expect(Object.keys((variables as { text: object[] }).text[0]!)).toEqual(['v', 'o']);
    expect(imageFeatures).toBeUndefined();
    expect(clipLora(clip, ['cat', 'owl'], { towers: 'vision' }).learner.textFeatures).toBeUndefined();
    expect(() => clipLora(clip, ['cat', 'owl'], { parts: 'qq' })).toThrow(
      'clip-lora: parts is "qq"; it must be some of the letters q, k, v and o, each once.',
    );
  });

  it('drops out parts of the input in training, others in each step, and nothing in a test', async () => {
    const clip = tinyClip();
    const method = clipLora(clip, names, { epochs: 1, batch: 2, lr: 0.1 });
    for await (const _ of train(method, items(2), { transform: imageViews() })) {
    }
    const { learner, task } = method;
    const features = (name: 'inTraining' | 'test') => {
      const { textFeatures } = name === 'test' ? learner : learner.inTraining!;
      return [...(textFeatures!(names, task) as tf.Tensor).dataSync()];
    };
    expect(features('test')).toEqual(features('test'));
    const before = features('inTraining');
    expect(before).not.toEqual(features('test'));
    drawNoise(learner.noise!, randomStream(1));
    expect(features('inTraining')).not.toEqual(before);
    expect(clipLora(clip, names, { dropout: 0 }).learner.inTraining).toBeUndefined();
  });

  it('resumes with the same dropped parts, bit for bit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-clip-lora-'));
    const trained = async (more: TrainOptions, stop?: number) => {
      const method = clipLora(tinyClip(), names, { epochs: 3, batch: 2, lr: 0.02 });
      for await (const { number } of train(method, items(2), { transform: imageViews(), ...more }))
        if (number === stop) break;
      return values(method);
    };
    const whole = await trained({});
    await trained({ checkpoint: folder }, 1);
    expect(await trained({ checkpoint: folder })).toEqual(whole);
  });

  it('throws for a rank above the width', () => {
    expect(() => clipLora(tinyClip(), ['cat', 'owl'], { rank: 9 })).toThrow(
      'clip-lora: rank is 9; it must be at most 8, the width of the narrower tower.',
    );
  });
});
