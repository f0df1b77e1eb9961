import type { Dataset } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import type { Method, Shots } from '../learner/types.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { close, evaluated, hasGoldenZoo, type ZooRecording, zooRecording } from '../testing/zoo-recording.js';
import { train } from '../training/train.js';
import { gridCounts, gridValues } from './parts/cache-grid.js';
import type { FeatureCache } from './parts/feature-cache.js';
import { tipAdapter } from './tip-adapter.js';

beforeAll(async () => void (await useDevice()));

describe.skipIf(!hasGoldenZoo)('Tip-Adapter equals its published code (skipped without ../shared/golden-zoo)', () => {
  let recording: ZooRecording;
  let method: Method;
  beforeAll(async () => {
    recording = await zooRecording('tip-adapter');
    const { clip, classNames, tensor, metadata } = recording;
    const templates = JSON.parse(metadata.templates!) as string[];
    method = tipAdapter(clip, classNames, {
      ...{ templates, images: 12, alpha: 3, beta: 1, passes: 2 },
      scale: { beta: 12, alpha: 5 },
    });
    await method.learner.fit!(recordedShots(recording, tensor('text_weights')));
  });
  afterAll(() => recording.close());

  it('keys are the mean of the augmented passes', () => {
    close('keys', method.learner.state!.keys as tf.Variable, tf.transpose(recording.tensor('cache_keys')));
  });

  it('the grid has the recorded accuracies, up to one picture per point', async () => {
    const { tensor } = recording;
    close('beta', tf.tensor1d(gridValues(12, 200)), tensor('search.beta'));
    close('alpha', tf.tensor1d(gridValues(5, 20)), tensor('search.alpha'));
    const counts = await gridCounts(
      method.learner.state as unknown as FeatureCache,
      tf.transpose(tensor('text_weights')) as tf.Tensor2D,
      {
        features: tensor('val_features').dataSync() as Float32Array,
        labels: Int32Array.from(tensor('val_labels').dataSync()),
      },
      { scale: { beta: 12, alpha: 5 }, steps: { beta: 200, alpha: 20 } },
    );
    const wanted = Array.from(tensor('search.accuracy').dataSync(), share => (share / 100) * 48);
    const off = wanted.map((count, i) => Math.abs(count - counts[i]!));
    expect(Math.max(...off)).toBeLessThan(1.01);
    expect(off.filter(one => one > 0.01).length).toBeLessThan(10);
  });

  it('logits at the best point', async () => {
    const { metadata, tensor } = recording;
    expect(values(method)['state.beta']![0]).toBeCloseTo(Number(metadata.best_beta), 3);
    expect(values(method)['state.alpha']![0]).toBeCloseTo(Number(metadata.best_alpha), 3);
    const [images] = tf.unstack(tensor('images')) as [tf.Tensor4D];
    close('logits', await evaluated(method, { images }), tensor('eval_logits'));
  });
});

/** Input of `fit`: the recorded images in two augmented views. */
function recordedShots({ tensor }: ZooRecording, text: tf.Tensor): Shots {
  const passes = tf.unstack(tensor('cache_images')) as tf.Tensor4D[];
  return {
    features: tf.transpose(tensor('cache_keys')) as tf.Tensor2D, // unused: there are augmented views
    labels: Int32Array.from(tensor('cache_labels').dataSync()),
    classCount: 6,
    text: tf.transpose(text) as tf.Tensor2D,
    validation: {
      features: tensor('val_features') as tf.Tensor2D,
      labels: Int32Array.from(tensor('val_labels').dataSync()),
    },
    meanOf: () => Promise.reject(new Error('not needed')),
    rowsOf: () => Promise.reject(new Error('not needed')),
    augmented: async (fn, k) => tf.tidy(() => fn(passes[k]!)) as tf.Tensor2D,
  };
}

describe('Tip-Adapter', () => {
  const clip = tinyClip();
  const learned = async (options: object, more: object = {}) => {
    const method = tipAdapter(clip, names, { images: 18, ...options });
    for await (const epoch of train(method, items(6), { transform: imageViews(), ...more }))
      expect(epoch).toMatchObject({ number: 1, epochs: 1 });
    return method;
  };

  it('knows its shots without training, the more the sharper its votes', async () => {
    const accuracy = async (beta: number) => {
      const method = await learned({ search: 'none', alpha: 1000, beta });
      return (await evaluate(method, items(6), { transform: imageViews() })).top1;
    };
    expect(await accuracy(1e4)).toBe(100);
    expect(await accuracy(1e4)).toBeGreaterThanOrEqual(await accuracy(0));
  });

  it('takes what is best on validation images, and the given numbers without any', async () => {
    const validation = items(9).filter(({ path }) => Number(path.split('-')[1]) > 5);
    const searched = await learned({ steps: { beta: 5, alpha: 4 } }, { validation });
    const given = await learned({ alpha: 2, beta: 3 });
    expect(values(given)['state.alpha']).toEqual([2]);
    expect(values(given)['state.beta']).toEqual([3]);
    const top1 = async (method: Method) => (await evaluate(method, validation, { transform: imageViews() })).top1;
    for (const beta of gridValues(7, 5)) {
      const fixed = await learned({ search: 'none', alpha: gridValues(3, 4)[1]!, beta });
      expect(await top1(searched)).toBeGreaterThanOrEqual(await top1(fixed));
    }
  });

  it('searches on the test images if requested, and throws without any', async () => {
    const test = items(9).filter(({ path }) => Number(path.split('-')[1]) > 5);
    const data = { name: 'pets', classNames: names, templates: ['a photo of a {}.'], val: [], fixedViews: true };
    const dataset = { ...data, train: items(6), test } as unknown as Dataset;
    const options = { images: 18, steps: { beta: 5, alpha: 4 } };
    const searched = async (search: 'test' | 'validation', on: Dataset) => {
      const method = tipAdapter(clip, on, { ...options, search });
      for await (const _ of train(method, on, { transform: imageViews() }));
      return values(method);
    };
    const onValidation = await searched('validation', { ...dataset, val: test });
    expect(await searched('test', dataset)).toEqual(onValidation);
    expect(await searched('validation', dataset)).not.toEqual(onValidation);
    await expect(learned({ search: 'test' })).rejects.toThrow(
      'tip-adapter: search is "test", and there are no test images; train it on a dataset that has some.',
    );
  });

  it('learns from augmented views, the same in every run', async () => {
    const noisy = () => {
      const still = imageViews({ fixed: false });
      return {
        fixed: false,
        async load(path: string, random: { next(): number }) {
          const noise = random.next();
          return (await still.load(path, random)).map(x => x + noise);
        },
      };
    };
    const keys = async (passes: number) =>
      values(await learned({ passes, search: 'none' }, { transform: noisy() }))['state.keys'];
    expect(await keys(2)).toEqual(await keys(2));
    expect(await keys(2)).not.toEqual(await keys(1));
  });

  it('throws one sentence for another number of images', async () => {
    await expect(learned({ images: 17 })).rejects.toThrow(
      'tip-adapter: its cache was made for 17 training images, but gets 18; make it from the dataset that it learns',
    );
  });
});
