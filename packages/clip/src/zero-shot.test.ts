import { evalPixels } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import type { Clip } from './clip.js';
import { distance, tiny, tinyClip } from './testing/tiny.js';
import { normalised } from './towers/normalised.js';

const names = ['cat', 'dog', 'cow'];
const templates = ['a photo of a {}.', 'a drawing of the {}'];
let clip: Clip;
let pictures: Buffer[];

beforeAll(async () => {
  await tf.setBackend('cpu');
  clip = tinyClip();
  pictures = await Promise.all(
    ['red', 'teal', 'white'].map(background =>
      sharp({ create: { width: 12, height: 9, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
});

test("a class is the mean of its templates' normalised features, normalised again", async () => {
  const classify = await clip.zeroShot(names, { templates });
  const [first, second] = templates.map(template => clip.text(names, { template }));
  expect(distance(classify.features, normalised(tf.div(tf.add(first!, second!), 2)))).toBeLessThan(1e-6);
});

test('a dataset provides its names and templates; other templates replace them', async () => {
  const dataset = { classNames: names, templates, images: [] };
  const wanted = await clip.zeroShot(names, { templates });
  expect(distance((await clip.zeroShot(dataset)).features, wanted.features)).toBe(0);
  const other = await clip.zeroShot(names, { templates: ['the {}'] });
  expect(distance((await clip.zeroShot(dataset, { templates: ['the {}'] })).features, other.features)).toBe(0);
  const plain = await clip.zeroShot(names);
  expect(distance((await clip.zeroShot({ classNames: names })).features, plain.features)).toBe(0);
  expect(distance(plain.features, wanted.features)).toBeGreaterThan(1e-3);
});

test('scores are the softmax of scaled cosines, best first, one by one or many at once', async () => {
  const classify = await clip.zeroShot(names, { templates });
  const pixels = await evalPixels(pictures[1]!, tiny.vision.imageSize);
  const image = clip.vision(tf.tensor4d(pixels, [1, 3, tiny.vision.imageSize, tiny.vision.imageSize]));
  const scores = tf.softmax(tf.mul(tf.matMul(image, classify.features, false, true), clip.logitScale)).dataSync();
  const guesses = await classify(pictures[1]!);
  expect(guesses.map(guess => guess.score)).toEqual([...guesses].map(g => g.score).sort((a, b) => b - a));
  for (const { label, score } of guesses) expect(score).toBeCloseTo(scores[names.indexOf(label)]!, 5);
  const all = await classify(pictures);
  expect(all).toHaveLength(3);
  expect(all[1]!.map(guess => guess.label)).toEqual(guesses.map(guess => guess.label));
  expect(await classify([])).toEqual([]);
});

test('a classifier leaves no tensors behind', async () => {
  const before = tf.memory().numTensors;
  const classify = await clip.zeroShot(names);
  await classify(pictures);
  expect(tf.memory().numTensors).toBe(before + 1);
  classify.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('no templates, or an unreadable picture, throws one sentence', async () => {
  await expect(clip.zeroShot(names, { templates: [] })).rejects.toThrow('at least one template');
  const classify = await clip.zeroShot(names);
  await expect(classify('nowhere.png')).rejects.toThrow('nowhere.png');
});
