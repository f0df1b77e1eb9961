import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { namedVariables } from '../method/variables.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { expectRecorded, hasGoldenZoo, zooRecording } from '../testing/zoo-recording.js';
import { train } from '../training/train.js';
import { tipAdapterF } from './tip-adapter-f.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('Tip-Adapter-F equals its published code (skipped without ../shared/golden-zoo)', () => {
  it('logits, loss, gradients, two steps of AdamW', async () => {
    const recording = await zooRecording('tip-adapter-f');
    const { clip, classNames, tensor, metadata } = recording;
    const method = tipAdapterF(clip, classNames, {
      ...{ templates: JSON.parse(metadata.templates!), images: 12, alpha: 3, beta: 1 },
    });
    namedVariables(method.learner)
      .get('state.labels')!
      .assign(tf.cast(tf.argMax(tensor('cache_values'), 1), 'float32'));
    await expectRecorded(recording, method, { parameter: () => 'keys' });
    recording.close();
  });
});

describe('Tip-Adapter-F', () => {
  const clip = tinyClip();
  it('trains its keys, and searches alpha and beta after training, also if patience ends it', async () => {
    const validation = items(9).filter(({ path }) => Number(path.split('-')[1]) > 5);
    const method = tipAdapterF(clip, names, { images: 18, alpha: 2, beta: 3, steps: { beta: 5, alpha: 4 } });
    const seen: unknown[] = [];
    let first: number[] | undefined;
    for await (const epoch of train(method, items(6), { transform: imageViews(), validation, epochs: 3, lr: 0.1 })) {
      first ??= values(method).keys;
      seen.push([epoch.number, values(method)['state.alpha']![0]]);
    }
    expect(seen.slice(0, 2)).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(values(method)['state.beta']![0]).not.toBe(3);
    expect(values(method).keys).not.toEqual(first);
    const patient = tipAdapterF(clip, names, { images: 18, alpha: 2, beta: 3, steps: { beta: 5, alpha: 4 } });
    const options = { transform: imageViews(), validation, epochs: 30, lr: 1e-9, patience: 1, keep: 'best' as const };
    let epochs = 0;
    for await (const { number } of train(patient, items(6), options)) epochs = number;
    expect(epochs).toBe(2);
    expect(values(patient)['state.beta']![0]).not.toBe(3);
  });
});
