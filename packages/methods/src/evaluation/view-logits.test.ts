import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clip, normalised } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { testViews, type Views } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { frozenRows } from '../features/image.js';
import type { Features, Method, PromptLearner } from '../learner/types.js';
import { distance, imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { cocoop } from '../zoo/cocoop.js';
import { coop } from '../zoo/coop.js';
import { maple } from '../zoo/maple.js';
import { plot } from '../zoo/plot.js';
import { tpt } from '../zoo/tpt.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { type ClassifyOptions, classify } from './classify.js';
import { evaluate } from './evaluate.js';
import { examine } from './examine.js';
import { inference } from './inference.js';
import { predictEach } from './predict.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});

const paths = items(2).map(({ path }) => path);

async function logitsOf(method: Method, options: ClassifyOptions): Promise<number[]> {
  const all: number[] = [];
  for await (const one of classify(method, paths, { transform: imageViews(), ...options })) {
    if (one.error) throw one.error;
    all.push(...one.logits);
  }
  return all;
}

/** All views of the images, [N, V, 3, R, R] as one batch after another. */
async function viewsOf(views: Views): Promise<tf.Tensor4D> {
  const seen = imageViews();
  const whole = await Promise.all(paths.map(path => seen.load(path, { next: () => 0 })));
  const all = whole.flatMap(pixels => testViews(pixels, 8, views));
  return tf.tensor4d(Float32Array.from(all.flatMap(view => [...view])), [all.length, 3, 8, 8]);
}

/** Zero-shot CLIP with the feature of an image pooled as given. */
function pooling(poolViews: PromptLearner['poolViews']): Method {
  const method = zeroshot(clip, names);
  return { ...method, learner: { ...method.learner, poolViews } };
}

test.each([5, 9] as const)('the features of %i views are averaged and normalised again', async views => {
  const each = tf.reshape(clip.vision(await viewsOf(views)), [paths.length, views, -1]); // [N, V, e]
  const image = normalised(tf.mean(each, 1));
  const text = clip.text(names, { template: 'a photo of a {}.' });
  const expected = tf.mul(tf.matMul(image, text, false, true), clip.logitScale).dataSync();
  const method = zeroshot(clip, names, { templates: ['a photo of a {}.'] });
  expect(distance(await logitsOf(method, { views }), expected)).toBeLessThan(1e-3);
});

test.each([
  ['text features are per image', () => cocoop(clip, names, { reduction: 2 })],
  ['logits read the states of each view', () => plot(clip, names, { prompts: 2, tokens: 2 })],
])('where %s, logits are averaged', async (_, make) => {
  const method = make();
  const ready = inference(method);
  const each = await ready.logits(await viewsOf(5));
  const expected = tf.mean(tf.tensor3d(Float32Array.from(each), [paths.length, 5, names.length]), 1).dataSync();
  expect(distance(await logitsOf(method, { views: 5 }), expected)).toBeLessThan(1e-3);
});

test('one view is bit-identical to the default, and five are not', async () => {
  for (const method of [coop(clip, names), maple(clip, names), cocoop(clip, names, { reduction: 2 })]) {
    const plain = await logitsOf(method, {});
    expect(await logitsOf(method, { views: 1 })).toEqual(plain);
    expect(distance(await logitsOf(method, { views: 5 }), plain)).toBeGreaterThan(0.01);
  }
});

test('a method pools views with its own attention, and receives the texts', async () => {
  const attention = (views: tf.Tensor3D, { features }: Features) => {
    const evidence = tf.max(tf.matMul(views, features, false, true), 2, true); // [B, V, 1], the most likely class's cosine
    const weights = tf.transpose(tf.softmax(tf.transpose(tf.mul(evidence, 100), [0, 2, 1])), [0, 2, 1]);
    return normalised(tf.sum(tf.mul(views, weights), 1)) as tf.Tensor2D;
  };
  const text = clip.text(names, { template: zeroshot(clip, names).task.templates[0]! });
  const each = tf.reshape(clip.vision(await viewsOf(5)), [paths.length, 5, -1]) as tf.Tensor3D;
  const image = attention(each, { features: text });
  const expected = tf.mul(tf.matMul(image, text, false, true), clip.logitScale).dataSync();
  const method = pooling(attention);
  expect(distance(await logitsOf(method, { views: 5 }), expected)).toBeLessThan(1e-3);
  expect(distance(await logitsOf(zeroshot(clip, names), { views: 5 }), expected)).toBeGreaterThan(0.01);
  expect(await logitsOf(method, {})).toEqual(await logitsOf(zeroshot(clip, names), {}));
});

test('pooling to another shape throws one sentence', async () => {
  const wrong = pooling(views => tf.mean(views, 2) as tf.Tensor2D);
  await expect(logitsOf(wrong, { views: 5 })).rejects.toThrow('clip: poolViews gave [6,5] for 6 images; it must be');
});

test('features of several views are shared by methods, and equal those of pixels', async () => {
  const transform = imageViews();
  const options = { transform, views: 5 } as const;
  const shared = await evaluate(zeroshot(clip, names), items(2), options);
  const { loads } = transform;
  const pixels = await examine(zeroshot(clip, names), items(2), { transform: imageViews({ fixed: false }), views: 5 });
  expect([...shared.predicted]).toEqual(pixels.judgements.map(({ predicted }) => predicted));
  await evaluate(coop(clip, names), items(2), options);
  expect(transform.loads).toBe(loads);
  await evaluate(coop(clip, names), items(2), { transform });
  expect(transform.loads).toBe(2 * loads);
});

test('features of several views have separate files, and are restored bit for bit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-views-'));
  const files = await Promise.all(
    ['0-0', '1-1'].map(async name => {
      await writeFile(join(folder, name), name);
      return join(folder, name);
    }),
  );
  const features = { folder: join(folder, 'features'), setting: 'cpu' };
  const rowsOf = async (views?: Views) => {
    const seen = imageViews();
    const load = (path: string) => seen.load(path.slice(-3), { next: () => 0 });
    const rows = await frozenRows(clip, files, { transform: { fixed: true, features, load }, views });
    const { image } = rows.batch([1, 0], 3); // of two images, in a batch of three
    return { shape: image.shape, values: [...image.dataSync()], loads: seen.loads };
  };
  const plain = await rowsOf();
  const five = await rowsOf(5);
  expect([plain.shape, five.shape]).toEqual([
    [3, 8],
    [3, 5, 8],
  ]);
  expect(distance(five.values.slice(0, 8), plain.values.slice(0, 8))).toBeLessThan(1e-6);
  expect(await rowsOf(9)).toMatchObject({ shape: [3, 9, 8], loads: 2 });
  expect(await readdir(features.folder)).toHaveLength(3);
  expect(await rowsOf(5)).toEqual({ ...five, loads: 0 });
  expect(await rowsOf(1)).toEqual({ ...plain, loads: 0 });
});

test('predictions also take views', async () => {
  const method = zeroshot(clip, names);
  const answers = async (views?: Views) => {
    const all: unknown[] = [];
    for await (const answer of predictEach(method, paths, { transform: imageViews(), views })) all.push(answer);
    return all;
  };
  expect(await answers(1)).toEqual(await answers());
  expect(await answers(5)).not.toEqual(await answers());
});

test('other numbers of views, and views with a method that adapts to each image, throw', async () => {
  const wrong = { views: 4 as Views, transform: imageViews() };
  await expect(evaluate(zeroshot(clip, names), items(1), wrong)).rejects.toThrow('views is 4; it must be 1, 5 or 9.');
  await expect(evaluate(tpt(clip, names), items(1), { views: 5 })).rejects.toThrow(
    'tpt adapts to augmented views of each image; test it with one view.',
  );
});

test('several views leak nothing', async () => {
  const methods = [zeroshot(clip, names), maple(clip, names)];
  const before = tf.memory().numTensors;
  for (const method of methods) await evaluate(method, items(2), { transform: imageViews(), views: 5 });
  expect(tf.memory().numTensors).toBe(before);
});
