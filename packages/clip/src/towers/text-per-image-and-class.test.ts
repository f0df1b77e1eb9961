import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Clip } from '../clip.js';
import { expectSameGradients } from '../testing/gradients.js';
import { plainText } from '../testing/plain-towers.js';
import { distance, tiny, tinyClip } from '../testing/tiny.js';
import type { TextPrompts } from './text-features.js';

const { width } = tiny.text;
const names = ['cat', 'fire_engine', 'dog of war'];
const M = 2;
const B = 2;
const own = [B, names.length, M, width];
const shared = [M, width];
const perClass = [names.length, M, width];
const perImage = [B, 1, M, width];
let clip: Clip;

beforeAll(async () => {
  await tf.setBackend('cpu');
  clip = tinyClip();
});

const forms: [string, Omit<TextPrompts, 'layer' | 'tokens'>, number[][]][] = [
  ['before the name', {}, [own]],
  ['in the middle', { position: 'middle' }, [own]],
  ['after the name', { position: 'front' }, [own]],
  ['with words that stay', { words: 'a bright photo of a {}.' }, [own, own]],
  ['above a shared context', {}, [shared, own]],
  ['above one per image', {}, [perImage, own]],
  ['below one per class', {}, [own, perClass, shared]],
  ['of one image', {}, [[1, names.length, M, width]]],
];

describe('a context per image and class [B, C, M, d] gives what each image gives alone', () => {
  test.each(forms)('%s', (_, place, shapes) => {
    const random = seededRandom(5);
    const contexts = shapes.map(shape => random.normal(shape as [number, number], 0.5) as tf.Tensor);
    const fast = (...given: tf.Tensor[]) =>
      clip.text(names, { prompts: { tokens: M, ...place, layer: l => given[l] } });
    const slow = (...given: tf.Tensor[]) =>
      plainText(clip, names, { tokens: M, ...place }, { prompts: given }).features;
    const made = fast(...contexts);
    expect(made.shape).toEqual([shapes.some(([n]) => n === B) ? B : 1, names.length, tiny.embedDim]);
    expect(distance(made, slow(...contexts))).toBeLessThan(1e-5);
    expectSameGradients(fast, slow, contexts, random.normal(made.shape as [number, number], 1));
  });

  test.each(forms)('%s, in the joint walk', (_, place, shapes) => {
    if (shapes.some(([n]) => n === 1)) return;
    const random = seededRandom(5);
    const contexts = shapes.map(shape => random.normal(shape as [number, number], 0.5) as tf.Tensor);
    const images = random.normal([B, 3, tiny.vision.imageSize, tiny.vision.imageSize], 1);
    const { text } = clip.forwardJoint(images, names, { tokens: M, ...place, text: l => contexts[l] });
    const wanted = plainText(clip, names, { tokens: M, ...place }, { prompts: contexts });
    expect(distance(text, wanted.features)).toBeLessThan(1e-5);
  });
});

test('a context for another number of classes throws, naming the shapes that fit', () => {
  const prompts = { tokens: M, layer: () => tf.zeros([B, 5, M, width]) };
  expect(() => clip.text(names, { prompts })).toThrow('[B, C, M, d] with M = 2 and d = 12; these are [2,5,2,12]');
});
