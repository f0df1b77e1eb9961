import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyClip } from '../testing/tiny.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { tcp } from './tcp.js';

beforeAll(async () => {
  await useDevice();
});

describe.skipIf(!hasGoldenZoo)('TCP (needs ../shared/golden-zoo)', () => {
  it('equals its published code', async () => {
    const recording = await zooRecording('tcp');
    const method = tcp(recording.clip, recording.classNames, { layer: 1 });
    await expectRecorded(recording, method, {
      terms: ({ text, frozen }) => ({ cos: tf.sub(1, tf.mean(tf.sum(tf.mul(text, frozen!.text), -1))) }),
    });
    method.dispose();
    recording.close();
  });
});

describe('TCP', () => {
  const about = { protocol: 'base-to-new' as const, shots: 16, images: 800, templates: [] as string[] };

  it('stops SUN397 and ImageNet halfway', () => {
    const of = (dataset: string) => tcp.definition.recipe({ ...about, dataset });
    expect(['sun397', 'imagenet', 'dtd'].map(one => of(one).epochs)).toEqual([25, 25, 50]);
    expect(of('sun397').schedule).toMatchObject({ period: 50 });
  });

  it('keeps the words of a dataset after its context', () => {
    const words = (dataset: string) => tcp.definition.recipe({ ...about, dataset }).words;
    expect(words('oxford_pets')).toBe('a photo of a {}, a type of pet.');
    expect(words('caltech-101')).toBeUndefined();
  });

  it('lowers the published layer to the last of a shallower tower', () => {
    expect(tcp(tinyClip(), ['cat', 'owl']).capped).toEqual({ layer: 8 });
  });
});
