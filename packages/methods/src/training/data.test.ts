import { useDevice } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { distance, imageViews, items, names, tinyClip } from '../testing/tiny.js';
import type { Transform } from '../transforms/transform.js';
import { resolveMethod } from '../zoo/all.js';
import { trainingData } from './data.js';

beforeAll(() => useDevice({ threads: 1 }));

/** The same picture, darker: a view other than the whole one. */
function darker(fixed: boolean): Transform {
  const whole = imageViews();
  const load: Transform['load'] = async (...given) => (await whole.load(...given)).map(x => x / 3);
  return { fixed, load };
}

async function frozenOf(id: string, train: Transform, test: Transform): Promise<Float32Array> {
  const data = await trainingData(resolveMethod(id)(tinyClip(), names), items(1), { train: [train], test, batch: 3 });
  for await (const { frozen } of data.epoch(1, [[0, 1, 2]], randomStream(1)))
    return (await frozen!.image.data()).slice() as Float32Array;
  throw new Error('no batch');
}

it('frozen features are of the view in training, or of the whole image if a method requests it', async () => {
  const whole = imageViews();
  const expected = await frozenOf('dgprompt', whole, whole);
  for (const fixed of [true, false]) expect(await frozenOf('dgprompt', darker(fixed), whole)).toEqual(expected);
  const same = await frozenOf('dgprompt:retention.view=same', darker(true), whole);
  expect(distance(same, expected)).toBeGreaterThan(1e-4);
});

/** Views that differ in brightness, by the numbers drawn for them. */
function anyBrightness(): Transform {
  const whole = imageViews();
  return {
    fixed: false,
    load: async (path, random) => {
      const share = random.next();
      return (await whole.load(path, random)).map(x => x * share);
    },
  };
}

it('the frozen CLIP sees another random view, if a method requests it', async () => {
  const views = async (id: string, train: Transform[]) => {
    const method = resolveMethod(id)(tinyClip(), names);
    const data = await trainingData(method, items(1), { train, test: imageViews(), batch: 3 });
    for await (const { images, frozenView, frozen } of data.epoch(1, [[0, 1, 2]], randomStream(1)))
      return { images: read(images), frozenView: read(frozenView), frozen: read(frozen?.image) };
    throw new Error('no batch');
  };
  const read = (x?: tf.Tensor) => x && (x.dataSync().slice() as Float32Array);
  const batch = await views('coprompt', [anyBrightness()]);
  expect(distance(batch.frozenView!, batch.images!)).toBeGreaterThan(1e-2);
  const again = await views('coprompt', [anyBrightness()]);
  expect(again.frozenView).toEqual(batch.frozenView);
  expect((await views('promptsrc', [anyBrightness()])).frozenView).toBeUndefined();

  const cycled = await views('coprompt', [imageViews(), darker(true)]); // drawn once
  expect(cycled.frozenView).toBeUndefined();
  expect(cycled.frozen).toEqual(await frozenOf('coprompt', darker(true), imageViews()));
});

it('if one of the two views cannot be loaded, the other is freed', async () => {
  const whole = imageViews();
  const failing: Transform = {
    fixed: false,
    load(path, random) {
      if (random.next() < 0.1) return Promise.reject(new Error('gone'));
      return whole.load(path, random);
    },
  };
  const method = resolveMethod('coprompt')(tinyClip(), names);
  const data = await trainingData(method, items(1), { train: [failing], test: imageViews(), batch: 3 });
  const before = tf.memory().numTensors;
  let failed = 0;
  for (let epoch = 1; epoch <= 20; epoch++)
    try {
      for await (const batch of data.epoch(epoch, [[0, 1, 2]], randomStream(epoch))) tf.dispose(Object.values(batch));
    } catch {
      failed++;
    }
  expect(failed).toBeGreaterThan(2);
  expect(failed).toBeLessThan(20);
  expect(tf.memory().numTensors).toBe(before);
});

it('each step compares with one text of every class, if a method requests it', async () => {
  const clip = tinyClip();
  const descriptions = {
    cat: ['it purrs', 'it hunts mice', 'it sleeps'],
    'big dog': ['it barks', 'it guards the house', 'it runs'],
    owl: ['it flies at night'],
  };
  const features = Object.fromEntries(
    Object.values(descriptions).map(own => [own[0], own.map(text => clip.text([text], { template: '{}' }).dataSync())]),
  ) as Record<string, Float32Array[]>;
  const method = resolveMethod('coprompt')(clip, names, { descriptions });
  const data = await trainingData(method, items(1), { train: [anyBrightness()], batch: 1 });
  expect(data.targets.frozen).toBeUndefined();
  const indices = new Set<number>();
  for (let epoch = 1; epoch <= 12; epoch++)
    for await (const { frozenText } of data.epoch(epoch, [[0]], randomStream(epoch))) {
      const [cat, dog, owl] = tf.unstack(frozenText!).map(row => row.dataSync() as Float32Array);
      const index = features['it purrs']!.findIndex(one => distance(one, cat!) < 1e-5);
      expect(distance(features['it barks']![index]!, dog!)).toBeLessThan(1e-5);
      expect(distance(features['it flies at night']![0]!, owl!)).toBeLessThan(1e-5);
      indices.add(index);
    }
  expect([...indices].sort()).toEqual([0, 1, 2]);
});
