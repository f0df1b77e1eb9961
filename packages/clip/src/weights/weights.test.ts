import { leaves, mapTree, seededRandom, type Tree, valueAndGrads } from '@dgprompt/engine';
import { openSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createClip } from '../clip.js';
import { distance, golden, hasGolden, tiny, tinyClip, wordTokenizer } from '../testing/tiny.js';
import { tokenRows } from '../text/tokenizer.js';
import { textTower } from '../towers/text.js';
import { transformerWeights, visionTower } from '../towers/vision.js';
import { clipParameters } from './parameters.js';
import { type ClipWeights, clipWeightsToNames, initClipWeights } from './weights.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const deviation = (t: tf.Tensor) => Math.sqrt(tf.moments(t).variance.dataSync()[0]!);
const trainable = (weights: ClipWeights) =>
  mapTree((t: tf.Tensor) => tf.variable(t), weights) as unknown as ClipWeights<tf.Variable>;

test.skipIf(!hasGolden)('names and shapes are those of a published checkpoint (needs ../shared/golden)', () => {
  const file = openSafetensors(`${golden}clip.safetensors`);
  const config = {
    ...tiny,
    embedDim: 64,
    vision: { imageSize: 32, patchSize: 8, width: 128, layers: 3, heads: 2 },
    text: { contextLength: 77, vocabSize: 21, width: 128, layers: 3, heads: 2 },
  };
  const named = clipWeightsToNames(config, initClipWeights(config, seededRandom(1)));
  expect([...named.keys()].sort()).toEqual([...file.tensors.keys()].sort());
  for (const [name, { shape }] of named)
    if (name !== 'logit_scale') expect(shape, name).toEqual(file.tensors.get(name)!.shape);
  file.close();
});

test('fresh weights have the published deviations', () => {
  const config = { ...tiny, text: { ...tiny.text, width: 64 }, vision: { ...tiny.vision, width: 48 } };
  const { text, logitScale, ...towers } = initClipWeights(config, seededRandom(1));
  const vision = transformerWeights(towers.vision);
  expect(deviation(text.tokenEmbedding)).toBeCloseTo(0.02, 3);
  expect(deviation(text.positions)).toBeCloseTo(0.01, 3);
  expect(deviation(text.blocks[0]!.attention.qkvWeight)).toBeCloseTo(64 ** -0.5, 2);
  expect(deviation(text.blocks[0]!.attention.outWeight)).toBeCloseTo((64 * 2 * tiny.text.layers) ** -0.5, 2);
  expect(deviation(text.blocks[0]!.mlp.upWeight)).toBeCloseTo((2 * 64) ** -0.5, 2);
  const { qkvWeight, outWeight } = vision.blocks[0]!.attention;
  expect(Math.max(...tf.abs(qkvWeight).dataSync())).toBeLessThanOrEqual(Math.sqrt(6 / (4 * 48)));
  expect(deviation(qkvWeight)).toBeCloseTo(Math.sqrt(6 / (4 * 48) / 3), 2); // a uniform's deviation is its bound / √3
  expect(deviation(outWeight)).toBeCloseTo(Math.sqrt(1 / 48 / 3), 2);
  expect([...vision.lnPre!.weight.dataSync()].every(x => x === 1)).toBe(true);
  expect(logitScale.dataSync()[0]).toBeCloseTo(Math.log(1 / 0.07), 5);
});

test('every parameter of both towers can be trained', () => {
  const weights = trainable(tinyClip().weights);
  const { tokens, ends } = tokenRows(wordTokenizer(tiny.text.vocabSize), ['a cat', 'a big dog']);
  const images = seededRandom(3).normal([2, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
  const towers = { vision: weights.vision, text: weights.text };
  const [, gradients] = valueAndGrads(towers as Tree<tf.Variable>, () => {
    const image = visionTower(weights.vision, tiny, images);
    const text = textTower(weights.text, tiny, tokens, ends);
    return tf.sum(tf.square(tf.sub(image, text))) as tf.Scalar;
  });
  const all = leaves(gradients as Tree<tf.Tensor>);
  expect(all).toHaveLength(leaves(towers as Tree<tf.Variable>).length);
  for (const gradient of all) expect(Math.max(...tf.abs(gradient).dataSync())).toBeGreaterThan(1e-8);
});

test('a CLIP of variables gives the features of a frozen one', () => {
  const frozen = tinyClip();
  const tokenizer = wordTokenizer(tiny.text.vocabSize);
  const learned = createClip({ config: tiny, weights: trainable(frozen.weights), tokenizer });
  const context = seededRandom(3).normal([2, tiny.text.width], 0.5);
  const prompts = { tokens: 2, words: 'a photo of a {}.', layer: (l: number) => (l === 0 ? context : undefined) };
  const names = ['cat', 'big dog'];
  expect(distance(learned.text(names, { prompts }), frozen.text(names, { prompts }))).toBeLessThan(1e-6);
});

test('weights of another shape throw and are not written', () => {
  const { weights } = tinyClip();
  const wrong = { ...weights, vision: { ...weights.vision, projection: tf.zeros([16, 9]) } };
  expect(() => clipWeightsToNames(tiny, wrong)).toThrow('vision.projection is [16,9], but the config makes it [16,8]');
});

test('a config that contradicts itself throws', () => {
  const parts = { weights: tinyClip().weights, tokenizer: wordTokenizer(40) };
  const make = (config: typeof tiny) => () => createClip({ ...parts, config });
  expect(make({ ...tiny, vision: { ...tiny.vision, heads: 3 } })).toThrow(
    'vision.width 16 is not a multiple of vision.heads 3',
  );
  expect(make({ ...tiny, vision: { ...tiny.vision, imageSize: 9 } })).toThrow('imageSize 9 is not a multiple');
  expect(make({ ...tiny, embedDim: 0 })).toThrow('embedDim is 0');
  expect(make({ ...tiny, activation: 'relu' as 'gelu' })).toThrow('activation is "relu"');
  expect(clipParameters(tiny).text.blocks).toHaveLength(tiny.text.layers);
});
