import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { names, tinyClip } from '../testing/tiny.js';
import { coop } from '../zoo/coop.js';
import { maple } from '../zoo/maple.js';
import { plotpp } from '../zoo/plotpp.js';
import { vpt } from '../zoo/vpt.js';
import { interpret } from './interpret.js';

let clip: Clip;
let words: string[];
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  const plain = tinyClip();
  const ids = plain.tokenizer.encode('a photo of many birds');
  words = Array.from({ length: 40 }, (_, id) => `w${id}`);
  ids.forEach((id, i) => {
    words[id] = ['a', 'photo', 'of', 'many', 'birds'][i]!;
  });
  clip = { ...plain, tokenizer: { ...plain.tokenizer, word: id => words[id] } };
});

it('finds the words that initialise a context, at distance 0', () => {
  const [context] = interpret(maple(clip, names, { tokens: 3 }), { top: 2 });
  expect(context!.vectors.map(near => near[0])).toEqual(['a', 'photo', 'of'].map(word => ({ word, distance: 0 })));
  expect(context).not.toHaveProperty('classname');
});

it('measures Euclidean distance, nearest first, per class for class-specific contexts', () => {
  const method = coop(clip, names, { tokens: 2, csc: true });
  const variable = method.learner.variables.context as tf.Variable;
  const many = tf.slice(clip.weights.text.tokenEmbedding, [clip.tokenizer.encode('many')[0]!, 0], [1, 8]);
  const moved = tf.add(many, tf.tensor2d([[0.03, 0, 0, 0, 0.04, 0, 0, 0]]));
  variable.assign(tf.tile(tf.expandDims(moved, 0), [3, 2, 1]));
  const found = interpret(method, { top: 40 });
  expect(found.map(({ classname }) => classname)).toEqual(names);
  const [first] = found[1]!.vectors;
  expect(first![0]).toEqual({ word: 'many', distance: expect.closeTo(0.05, 6) });
  const distances = (clip.weights.text.tokenEmbedding.arraySync() as number[][]).map((row, id) => {
    const to = moved.dataSync();
    return { word: words[id]!, distance: Math.hypot(...row.map((x, i) => x - to[i]!)) };
  });
  distances.sort((a, b) => a.distance - b.distance);
  expect(first!.map(({ word }) => word)).toEqual(distances.map(({ word }) => word));
});

it('finds the words of each of several contexts, and keeps no tensors', () => {
  const method = plotpp(clip, names, { words: ['a photo', 'many birds', 'of birds'], tokens: 2 });
  const before = tf.memory().numTensors;
  const found = interpret(method, { top: 1 });
  expect(found.map(({ context, vectors }) => [context, ...vectors.map(([near]) => near!.word)])).toEqual([
    [1, 'a', 'photo'],
    [2, 'many', 'birds'],
    [3, 'of', 'birds'],
  ]);
  expect(tf.memory().numTensors).toBe(before);
});

it('throws if there is nothing to interpret', () => {
  expect(() => interpret(vpt(clip, names))).toThrow(/vpt learns no text context/);
  expect(() => interpret(maple(tinyClip(), names))).toThrow(/has no names for its tokens/);
  expect(() => interpret(maple(clip, names), { top: 0 })).toThrow(/top is 0/);
});
