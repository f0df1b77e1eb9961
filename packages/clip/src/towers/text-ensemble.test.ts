import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from '../clip.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';
import { planEnsemble } from './ensemble-plan.js';
import { normalised } from './normalised.js';

const names = ['cat', 'fire_engine', 'dog of war', 'cow', 'dog'];
const templates = ['a photo of a {}.', '{} texture.', 'the {}', 'a bad, blurry photo of the {} by night', '{}'];

/** The mean over templates by definition: every template separately, all of it in one tower. */
const plain = (clip: Clip, classNames: readonly string[], of: readonly string[], raw = false): tf.Tensor =>
  normalised(tf.addN(of.map(template => clip.text(classNames, { template, raw }))));

/** Enough names, of one to four words, that their prompts fill several chunks. */
function manyNames(count: number): string[] {
  const words = ['red', 'green', 'blue', 'old', 'new'];
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: 1 + (i % 4) }, (_, j) => words[(i + j * j) % words.length]).join(' '),
  );
}

describe.each(['cpu', 'onnxruntime'] as const)('on the backend %s', backend => {
  let clip: Clip;
  beforeAll(async () => {
    await useDevice({ backend });
    clip = tinyClip();
  });

  test.each(templates.map(one => [one]))('one template gives its own text features: %s', async template => {
    const found = await clip.ensemble(names, { templates: [template] });
    expect(distance(found, clip.text(names, { template }))).toBeLessThan(1e-5);
  });

  test('many templates of different beginnings give the mean of their features, normalised or raw', async () => {
    for (const raw of [false, true]) {
      const found = await clip.ensemble(names, { templates, raw });
      expect(distance(found, plain(clip, names, templates, raw))).toBeLessThan(1e-5);
    }
    expect(distance(plain(clip, names, templates), plain(clip, names, templates, true))).toBeGreaterThan(1e-3);
  });

  test('one class, whose rest is only its end token, and classes of one name', async () => {
    for (const some of [['cat'], ['cat', 'cat']]) {
      const found = await clip.ensemble(some, { templates });
      expect(distance(found, plain(clip, some, templates))).toBeLessThan(1e-5);
    }
  });
});

describe('prompts in chunks', () => {
  const many = manyNames(150);
  let clip: Clip;
  beforeAll(async () => {
    await useDevice({ backend: 'onnxruntime', threads: 1 });
    clip = tinyClip();
  });

  test('give the same features, whether prefixes are computed with each chunk or separately', async () => {
    for (const [count, apart] of [
      [1, false],
      [templates.length, false],
      [40, true],
    ] as const) {
      const of = Array.from({ length: count }, (_, i) => templates[i % templates.length]!);
      const plan = planEnsemble(clip, many, of);
      expect(plan.chunks.length).toBeGreaterThan(1);
      expect(plan.prefixesApart).toBe(apart);
      const some = [0, 1, 2, 3, 77, 149].map(i => many[i]!);
      const found = await clip.ensemble(many, { templates: of });
      const rows = tf.gather(found, [0, 1, 2, 3, 77, 149]);
      expect(distance(rows, plain(clip, some, of))).toBeLessThan(1e-5);
    }
  });

  test('give the same bits each time, and leave no tensors behind', async () => {
    const first = await clip.ensemble(many, { templates });
    const before = tf.memory().numTensors;
    const second = await clip.ensemble(many, { templates });
    expect(second.dataSync()).toEqual(first.dataSync());
    second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('report progress, and stop between two chunks', async () => {
    const told: number[] = [];
    await clip.ensemble(many, { templates, onProgress: ({ done, total }) => told.push(done / total) });
    expect(told.length).toBe(planEnsemble(clip, many, templates).chunks.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(1);

    const stop = new AbortController();
    const before = tf.memory().numTensors;
    const stopped = clip.ensemble(many, { templates, signal: stop.signal, onProgress: () => stop.abort('enough') });
    await expect(stopped).rejects.toBe('enough');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('hold every prompt once, of falling length, in few lengths', () => {
    const plan = planEnsemble(clip, many, templates);
    const prompts = plan.chunks.flatMap(chunk => chunk.prompts);
    expect(new Set(prompts.map(({ label, template }) => `${label} ${template}`)).size).toBe(750);
    for (const { prompts, length } of plan.chunks) {
      expect(prompts.length).toBeLessThanOrEqual(plan.rows);
      expect(Math.max(...prompts.map(({ tokens }) => tokens.length))).toBeLessThanOrEqual(length);
    }
    const lengths = plan.chunks.map(({ length }) => length);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
    expect(plan.rows * plan.chunks.length - prompts.length).toBeLessThan(plan.chunks.length);
  });
});

test('a prompt at the very end of the context has its positions', async () => {
  await useDevice({ backend: 'cpu' });
  const clip = tinyClip();
  const long = `${'very '.repeat(tiny.text.contextLength - 4)}{}.`;
  const some = ['cat', 'dog'];
  const found = await clip.ensemble(some, { templates: [long, '{} in a room'] });
  expect(distance(found, plain(clip, some, [long, '{} in a room']))).toBeLessThan(1e-5);
});

test('no templates, no names, a template without a place and one that is too long throw one sentence', async () => {
  const clip = tinyClip();
  await expect(clip.ensemble(names, { templates: [] })).rejects.toThrow('at least one template');
  await expect(clip.ensemble([])).rejects.toThrow('no class names');
  await expect(clip.ensemble(names, { templates: ['{}', 'a photo'] })).rejects.toThrow('"a photo" has no {}');
  await expect(clip.ensemble(names, { templates: [`${'very '.repeat(80)}{}`] })).rejects.toThrow('takes at most 77');
});
