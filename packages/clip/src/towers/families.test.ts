import { compile, seededRandom, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Clip, createClip } from '../clip.js';
import { convNext, families } from '../testing/families.js';
import { plainText, plainVision } from '../testing/plain-towers.js';
import { distance, tinyClip } from '../testing/tiny.js';

const names = ['owl', 'snow plough', 'old iron gate'];
const M = 2;
const tolerance = 2e-5;

/** A CLIP of a family; SigLIP's texts have no start token. */
function clipOf(family: string): Clip {
  const clip = tinyClip(families[family]!, 3);
  if (family !== 'SigLIP') return clip;
  const { config, weights, tokenizer } = clip;
  return createClip({ config, weights, tokenizer: { encode: tokenizer.encode, end: tokenizer.end } });
}

beforeAll(async () => {
  await useDevice();
});

describe.each(Object.keys(families))('%s: the fast towers equal the plain ones', family => {
  const clip = () => clipOf(family);
  const random = seededRandom(5);
  const images = () => random.normal([2, 3, 12, 12], 1);

  test.each([false, true])('images, with prompts in every layer: %s', async withPrompts => {
    const one = clip();
    const { layers, width } = one.config.vision;
    const prompts = withPrompts ? Array.from({ length: layers }, () => random.normal([M, width], 1)) : [];
    const x = images();
    const plain = plainVision(one, x, { prompts });
    const options = withPrompts ? { prompts: { layer: (l: number) => prompts[l] } } : {};
    const compiled = compile((x: tf.Tensor) => ({
      features: one.vision(x, options),
      tokens: one.visionTokens(x, options).tokens,
    }));
    const fast = await compiled(x);
    expect(distance(fast.features, plain.features)).toBeLessThan(tolerance);
    expect(distance(fast.tokens, plain.tokens)).toBeLessThan(10 * tolerance);
    const joint = await compile((x: tf.Tensor) =>
      one.forwardJoint(x, names, withPrompts ? { vision: l => prompts[l] } : {}),
    )(x);
    expect(distance(joint.image, plain.features)).toBeLessThan(tolerance);
    expect(distance(joint.text, plainText(one, names, 'a photo of a {}.').features)).toBeLessThan(tolerance);
  });

  test.each([
    ['a template', 'a {}.', []],
    ['shared context', { tokens: M }, [[M]]],
    ['context in the middle', { tokens: M, position: 'middle' as const }, [[M]]],
    ['class-specific context', { tokens: M }, [[3, M]]],
    ['deep context', { tokens: M }, [[M], [M], [M]]],
    ['context per image', { tokens: M }, [[2, 1, M]]],
    ['context inserted later', { tokens: M, from: 1 }, [undefined, [M], [M]]],
  ] as const)('texts: %s', async (_, place, shapes) => {
    const one = clip();
    const { width } = one.config.text;
    const prompts = shapes.map(shape => shape && random.normal([...shape, width] as [number, number], 1));
    const plain = plainText(one, names, place as string, { prompts });
    const options =
      typeof place === 'string' ? { template: place } : { prompts: { ...place, layer: (l: number) => prompts[l] } };
    const fast = await compile(() => one.textStates(names, options))();
    expect(distance(fast.features, plain.features)).toBeLessThan(tolerance);
    fast.states.forEach((state, l) => {
      const expected = plain.states[l]!; // of each image, from the layer on where images differ
      const each = tf.add(state, tf.zerosLike(expected));
      expect(distance(each, expected)).toBeLessThan(10 * tolerance);
    });
  });

  test('an ensemble of templates', async () => {
    const one = clip();
    const templates = ['a {}.', 'one more {} here', '{}'];
    const each = templates.map(template => plainText(one, names, template).features as tf.Tensor2D);
    const mean = tf.mean(tf.stack(each), 0);
    const expected = tf.div(mean, tf.norm(mean, 2, 1, true));
    expect(distance(await one.ensemble(names, { templates }), expected)).toBeLessThan(tolerance);
  });

  test('gradients of prompts are those of the plain towers', async () => {
    const one = clip();
    const x = images();
    const visual = random.normal([M, one.config.vision.width], 1);
    const context = random.normal([M, one.config.text.width], 1);
    const weight = random.normal([2, 3], 1);
    const loss = (image: tf.Tensor2D, text: tf.Tensor2D) =>
      tf.sum(tf.mul(tf.matMul(image, text, false, true), weight)) as tf.Scalar;
    const prompts = (first: tf.Tensor) => ({ layer: (l: number) => (l === 0 ? first : undefined) });
    const fast = await compile(() =>
      tf.grads((v, t) =>
        loss(
          one.vision(x, { prompts: prompts(v!) }),
          one.text(names, { prompts: { tokens: M, ...prompts(t!) } }) as tf.Tensor2D,
        ),
      )([visual, context]),
    )();
    await useDevice({ backend: 'cpu' });
    const plain = tf.grads((v, t) =>
      loss(
        plainVision(one, x, { prompts: [v] }).features as tf.Tensor2D,
        plainText(one, names, { tokens: M }, { prompts: [t] }).features as tf.Tensor2D,
      ),
    )([visual, context]);
    fast.forEach((gradient, i) => {
      const largest = tf.max(tf.abs(plain[i]!)).dataSync()[0]!;
      expect(distance(gradient, plain[i]!) / largest).toBeLessThan(1e-4);
    });
    await useDevice();
  });
});

test('a ConvNeXt gives the features of tfjs-cpu, and throws one sentence for visual prompts', async () => {
  const one = tinyClip(convNext, 3);
  const x = seededRandom(5).normal([2, 3, 64, 64], 1);
  const fast = await compile((x: tf.Tensor) => ({
    features: one.vision(x),
    tokens: one.visionTokens(x).tokens,
  }))(x);
  await useDevice({ backend: 'cpu' });
  expect(distance(fast.features, one.vision(x))).toBeLessThan(tolerance);
  expect(distance(fast.tokens, one.visionTokens(x).tokens)).toBeLessThan(10 * tolerance);
  expect(fast.tokens.shape).toEqual([2, 1 + 8 * 8, 8]);
  await useDevice();
  expect(() => one.vision(x, { prompts: { layer: () => undefined } })).toThrow(/is a ConvNeXt, which takes no visual/);
});
