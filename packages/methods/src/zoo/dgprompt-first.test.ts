import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import type { RetentionWeights } from '@dgprompt/retention';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { features } from '../learner/forward.js';
import type { Method } from '../learner/types.js';
import { mergedOptions } from '../method/option-tree.js';
import { namedVariables } from '../method/variables.js';
import * as naive from '../testing/naive-clip.js';
import { type NaivePrompts, naiveFeatures, naiveFrozenText } from '../testing/naive-dgprompt-first.js';
import { distance, imageViews, names, tinyClip } from '../testing/tiny.js';
import { type Batch, lossAndGradients, lossTerms } from '../training/loss.js';
import { pixelBatch } from '../transforms/transform.js';
import { resolveMethod } from './all.js';
import { dgpromptFirst } from './dgprompt-first.js';

const paths = ['0-0', '1-0'];
const templates = ['a photo of a {}.', 'an icon of {}.'];

let clip: Clip;
let images: tf.Tensor4D;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
  images = await pixelBatch(imageViews(), paths, 2, { preparation: { size: 8 }, random: randomStream(0) });
});

/** Moves every variable away from its initial value, as training does, so that everything has an effect. */
function moved(method: Method): Method {
  let seed = 1;
  for (const variable of namedVariables(method.learner).values())
    variable.assign(tf.tidy(() => tf.add(variable, tf.randomNormal(variable.shape, 0, 0.4, 'float32', seed++))));
  return method;
}

const batch = (): Batch => ({ images, labels: tf.tensor1d([0, 2], 'int32'), mask: tf.ones([2]) });
const pixels = () => tf.reshape(images, [2, -1]).arraySync() as naive.Matrix;
const flat = (tensor: tf.Tensor) => tensor.dataSync();

function promptsOf(method: Method): NaivePrompts {
  return { variables: namedVariables(method.learner), ...(method.options as Omit<NaivePrompts, 'variables'>) };
}

describe('the first reading equals its formula, written out for each image and each class with 77 tokens', () => {
  const cases: Record<string, Parameters<typeof dgpromptFirst>[2]> = {
    'image context': {},
    'image context, last state alone': { guidance: { rank: 4, hierarchical: false } },
    'image context, free visual prompts': { base: 'free', tokens: 3 },
    'image context, guided from the second layer': { guidance: { rank: 4, from: 2, scale: 0.5 } },
    'image context, gated': { guidance: { rank: 4, gate: true } },
    'image context, no text context': { guidance: { rank: 4, text: 'none' } },
    'prototype context': { guidance: { rank: 4, image: 'prototype' } },
    'no image context': { guidance: { rank: 4, image: 'none' } },
    'no guidance': { guidance: { image: 'none', text: 'none' } },
    'two layers of prompts': { depth: 2, tokens: 5 },
  };

  it.each(Object.entries(cases))('%s', (_, options) => {
    const method = moved(dgpromptFirst(clip, names, { guidance: { rank: 4 }, ...options }));
    const { image, text } = features(method, { images });
    const expected = pixels().map(one => naiveFeatures(clip, one, names, promptsOf(method)));
    expect(
      distance(
        flat(image),
        expected.flatMap(e => e.image),
      ),
    ).toBeLessThan(2e-5);
    const perImage = text.rank === 3 ? flat(text) : [...flat(text), ...flat(text)];
    expect(
      distance(
        perImage,
        expected.flatMap(e => e.text.flat()),
      ),
    ).toBeLessThan(2e-5);
    method.dispose();
  });

  const grid = (['image', 'prototype', 'none'] as const).flatMap(image =>
    (['classes', 'none'] as const).flatMap(text =>
      [true, false].flatMap(hierarchical => {
        const how = image === 'none' && text === 'none' ? {} : { rank: 3, hierarchical };
        return (['coupled', 'free'] as const).map(base => ({ base, guidance: { image, text, ...how } }));
      }),
    ),
  );

  it.each(grid)('%o', options => {
    const method = moved(dgpromptFirst(clip, names, { tokens: 1, depth: 3, ...options }));
    const { image, text } = features(method, { images: tf.slice(images, 0, 1) });
    const expected = naiveFeatures(clip, pixels()[0]!, names, promptsOf(method));
    expect(distance(flat(image), expected.image)).toBeLessThan(2e-5);
    expect(distance(flat(text), expected.text.flat())).toBeLessThan(2e-5);
    method.dispose();
  });

  it.each(['text', 'image', 'logits', 'states'] as const)(
    'its loss with the retention of %s alone is cross-entropy plus that term',
    weight => {
      const none = { text: 0, image: 0, logits: 0, states: 0 };
      const guidance = { rank: 4 };
      const method = moved(dgpromptFirst(clip, names, { guidance, templates, retention: { ...none, [weight]: 7 } }));
      const plain = moved(dgpromptFirst(clip, names, { guidance, templates, retention: none }));
      const frozen = naiveFrozenText(clip, names, templates);
      const [loss] = lossAndGradients(method, batch(), { frozen: tf.tensor(frozen.flat(), [3, 8]) });
      const [crossEntropy] = lossAndGradients(plain, batch(), {});
      expect(loss.dataSync()[0]).toBeCloseTo(naiveLoss(method, frozen), 3);
      expect(crossEntropy.dataSync()[0]).toBeCloseTo(naiveLoss(plain, frozen), 3);
      expect(loss.dataSync()[0]! - crossEntropy.dataSync()[0]!).toBeGreaterThan(0.01);
    },
  );

  it('its loss is cross-entropy plus retention', () => {
    const method = moved(dgpromptFirst(clip, names, { guidance: { rank: 4 }, templates, retention: { states: 3 } }));
    const frozen = naiveFrozenText(clip, names, templates);
    const targets = { frozen: tf.tensor(frozen.flat(), [3, 8]) };
    const [loss] = lossAndGradients(method, batch(), targets);
    expect(loss.dataSync()[0]).toBeCloseTo(naiveLoss(method, frozen), 3);
    method.dispose();
  });

  it('its gradients are those of the formula, by differences', () => {
    const method = moved(dgpromptFirst(clip, names, { guidance: { rank: 4 }, templates }));
    const frozen = naiveFrozenText(clip, names, templates);
    const [, gradients] = lossAndGradients(method, batch(), { frozen: tf.tensor(frozen.flat(), [3, 8]) });
    const byName = namedVariables({ variables: gradients as never });
    for (const name of ['text.0', 'text.2', 'visual.1.weight', 'toText.layer2.key', 'toVision.layer1.output']) {
      const variable = namedVariables(method.learner).get(name)!;
      const gradient = [...byName.get(name)!.dataSync()];
      const at = gradient.reduce((best, g, i) => (Math.abs(g) > Math.abs(gradient[best]!) ? i : best), 0);
      const difference = numericalGradient(variable, at, () => naiveLoss(method, frozen));
      expect(Math.abs(difference - gradient[at]!) / Math.abs(gradient[at]!), name).toBeLessThan(0.02);
    }
    method.dispose();
  });

  /** Cross-entropy + R of the batch of two images with labels 0 and 2, from the naive features. */
  function naiveLoss(method: Method, frozenText: naive.Matrix): number {
    const { retention, depth } = method.options as { retention: RetentionWeights; depth: number };
    const absolute = (a: naive.Vector, b: naive.Vector) => a.reduce((s, x, i) => s + Math.abs(x - b[i]!), 0) / a.length;
    const mean = (all: number[]) => all.reduce((s, x) => s + x, 0) / all.length;
    const terms = pixels().map((one, b) => {
      const tuned = naiveFeatures(clip, one, names, promptsOf(method));
      const frozen = naiveFeatures(clip, one, names, { ...promptsOf(method), depth: 0 });
      const p = naive.softmax(tuned.text.map(t => clip.logitScale * naive.dot(tuned.image, t)));
      const pFrozen = naive.softmax(frozenText.map(t => clip.logitScale * naive.dot(frozen.image, t)));
      const states = [...tuned.states.keys()]
        .slice(1, depth)
        .map(l => absolute(naive.unit(tuned.states[l]!), naive.unit(frozen.states[l]!)));
      return (
        -Math.log(p[[0, 2][b]!]!) +
        retention.text * Math.sqrt(8 / 512) * mean(tuned.text.map((t, c) => absolute(t, frozenText[c]!))) +
        retention.image * Math.sqrt(8 / 512) * absolute(tuned.image, frozen.image) +
        retention.logits * pFrozen.reduce((s, q, c) => s + q * Math.log(q / p[c]!), 0) +
        retention.states * Math.sqrt(12 / 512) * mean(states)
      );
    });
    return mean(terms);
  }
});

function numericalGradient(variable: tf.Variable, at: number, loss: () => number): number {
  const original = variable.dataSync().slice();
  const shifted = (by: number) => {
    const values = original.slice();
    values[at]! += by;
    variable.assign(tf.tensor(values, variable.shape));
    return loss();
  };
  const step = 1e-3;
  const difference = (shifted(step) - shifted(-step)) / (2 * step);
  shifted(0);
  return difference;
}

describe('dgprompt-first', () => {
  const logitsOf = (method: Method, targets = {}) =>
    flat(lossTerms(method, batch(), { frozen: tf.zeros([3, 8]), ...targets }).logits);

  it('starts from plain independent prompts', () => {
    const plain = dgpromptFirst(clip, names, { guidance: { image: 'none', text: 'none' } });
    for (const options of [{}, { guidance: { gate: true } }, { guidance: { image: 'prototype' as const } }])
      expect(distance(logitsOf(dgpromptFirst(clip, names, options)), logitsOf(plain))).toBeLessThan(1e-4);
  });

  it('does not depend on the order of the classes', () => {
    const method = moved(dgpromptFirst(clip, names, { guidance: { rank: 4 } }));
    const reordered = method.forClasses([names[2]!, names[0]!, names[1]!]);
    const logits = tf.tensor2d(logitsOf(method), [2, 3]);
    expect(distance(logitsOf(reordered), flat(tf.gather(logits, [2, 0, 1], 1)))).toBeLessThan(2e-4);
  });

  it('lets the classes guide: another class set changes the features of an image', () => {
    const method = moved(dgpromptFirst(clip, names, { guidance: { rank: 4, image: 'none' } }));
    const image = (m: Method) => flat(features(m, { images }).image);
    expect(distance(image(method), image(method.forClasses(['owl', 'tree'])))).toBeGreaterThan(1e-3);
  });

  it('trains its generators at their own rate', () => {
    const method = dgpromptFirst(clip, names, { guidance: { lrScale: 3 } });
    expect(method.learner.groups).toEqual({ toText: { lrScale: 3 }, toVision: { lrScale: 3 } });
    expect(Object.keys(method.learner.variables)).toEqual(['text', 'visual', 'toText', 'toVision']);
  });

  it('requests no frozen features if nothing is retained', () => {
    const method = dgpromptFirst(clip, names, { retention: { text: 0, image: 0, logits: 0 } });
    expect(method.learner.frozen).toBeUndefined();
    expect(method.learner.loss).toBeUndefined();
  });

  it.each([
    ['no-image', { guidance: { image: 'none' } }],
    ['prototype', { guidance: { image: 'prototype' } }],
    ['no-text', { guidance: { text: 'none' } }],
    ['flat', { guidance: { hierarchical: false } }],
    ['free', { base: 'free' }],
    ['no-retention', { retention: { text: 0, image: 0, logits: 0, states: 0 } }],
  ])('its ablation "%s" is a variant, and differs from it in nothing else', (name, changed) => {
    const [whole, ablated] = [dgpromptFirst(clip, names), resolveMethod(`dgprompt-first:${name}`)(clip, names)];
    expect(ablated.options).toEqual(mergedOptions(whole.options, changed));
    expect(ablated.options).not.toEqual(whole.options);
    expect(ablated.recipe).toEqual(whole.recipe);
    expect(dgpromptFirst.definition.ablations).toContain(name);
  });

  it('has as many layers as the shallower tower, and reports it', () => {
    const method = dgpromptFirst(clip, names);
    expect(method.options.depth).toBe(3);
    expect(method.capped).toEqual({ depth: 9 });
  });
});
