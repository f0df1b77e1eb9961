import { normalised } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FrozenTargets } from '../features/image.js';
import type { GivenFrozen } from '../learner/types.js';
import { defineMethod } from '../method/define.js';
import { distance, names, tinyClip } from '../testing/tiny.js';
import { hicropl } from '../zoo/hicropl.js';
import { type Batch, lossAndGradients, lossTerms } from './loss.js';

const clip = tinyClip();
beforeAll(() => useDevice({ backend: 'cpu' }));

const pixels = (factor: number) =>
  tf.tensor4d(
    Float32Array.from({ length: 2 * 3 * 64 }, (_, i) => Math.sin(factor * i)),
    [2, 3, 8, 8],
  );
const batch = (): Batch => ({ images: pixels(1), labels: tf.tensor1d([0, 1], 'int32'), mask: tf.ones([2]) });
const text = () =>
  normalised(
    tf.tensor2d(
      Array.from({ length: 8 * names.length }, (_, i) => Math.cos(i)),
      [names.length, 8],
    ),
  );

/** Gradients of a method's own, of its variables `a` and `b`. */
function own(gradients: Record<string, number>) {
  const make = defineMethod({
    name: 'own',
    options: {},
    recipe: () => ({ lr: 1, epochs: 1, batch: 2 }),
    build: () => ({
      variables: { a: tf.variable(tf.scalar(0)), b: tf.variable(tf.scalar(0)) },
      textFeatures: text,
      gradients: () => [
        tf.scalar(1),
        Object.fromEntries(Object.entries(gradients).map(([name, value]) => [name, tf.variable(tf.scalar(value))])),
      ],
    }),
  });
  return lossAndGradients(make(clip, names), batch(), {})[1] as Record<string, tf.Tensor>;
}

it("a method's own gradients belong to variables by their names", () => {
  const gradients = own({ b: 2, a: 1 });
  expect(Object.entries(gradients).map(([name, x]) => [name, x.dataSync()[0]])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  const wrong = 'own: gradients must return a gradient for each variable and no others; see ';
  expect(() => own({ a: 1 })).toThrow(`${wrong}"b".`);
  expect(() => own({ a: 1, b: 2, c: 3 })).toThrow(`${wrong}"c".`);
});

/** A method whose loss compares with frozen features; remembers what its image features were given. */
function watching(frozen: FrozenTargets) {
  const seen: GivenFrozen[] = [];
  const make = defineMethod({
    name: 'watching',
    options: {},
    recipe: () => ({ lr: 1, epochs: 1, batch: 2 }),
    build: (clip, _options, random) => ({
      variables: { x: tf.variable(random.normal([8], 1)) },
      textFeatures: text,
      imageFeatures(images, _text, given) {
        seen.push(given);
        return clip.vision(images);
      },
      frozen,
      loss: ({ crossEntropy }) => crossEntropy,
    }),
  });
  return { method: make(clip, names), seen };
}

describe('image features get the frozen ones that the loss compares with', () => {
  it('where both see the same view', () => {
    const { method, seen } = watching({});
    const terms = lossTerms(method, batch(), { frozen: text() });
    expect(seen[0]!.image).toBe(terms.frozen!.image);
    expect(distance(terms.frozen!.image.dataSync(), clip.vision(pixels(1)).dataSync())).toBeLessThan(1e-6);
    const image = tf.ones<tf.Rank.R2>([2, 8]);
    lossTerms(method, { ...batch(), frozen: { image } }, { frozen: text() });
    expect(seen[1]!.image).toBe(image);
  });

  it.each([{ whole: true }, { anotherView: true }])('but not of another view: %o', given => {
    const { method, seen } = watching(given);
    const { frozen } = lossTerms(method, { ...batch(), frozenView: pixels(2) }, { frozen: text() });
    expect(seen).toEqual([{}]);
    expect(distance(frozen!.image.dataSync(), clip.vision(pixels(2)).dataSync())).toBeLessThan(1e-6);
  });

  it('and HiCroPL averages with them as with its own pass', () => {
    const { learner } = hicropl(clip, names, { tokens: 2, depth: 2, cross: 1 });
    const features = (given: GivenFrozen) =>
      learner.imageFeatures!(pixels(1), { features: text() }, given) as tf.Tensor;
    const known = features({ image: clip.vision(pixels(1)) });
    expect(distance(known.dataSync(), features({}).dataSync())).toBeLessThan(1e-6);
    expect(distance(known.dataSync(), features({ image: clip.vision(pixels(2)) }).dataSync())).toBeGreaterThan(1e-3);
  });
});
