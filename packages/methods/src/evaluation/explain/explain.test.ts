import { type Clip, normalised } from '@dgprompt/clip';
import { seededRandom, useDevice } from '@dgprompt/engine';
import { deepText, deepVisual } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PromptLearner, Shots } from '../../learner/types.js';
import { defineMethod } from '../../method/define.js';
import { imageViews, items, names, tinyClip } from '../../testing/tiny.js';
import { resolveMethod } from '../../zoo/all.js';
import { cocoop } from '../../zoo/cocoop.js';
import { coop } from '../../zoo/coop.js';
import { dualGuidance } from '../../zoo/parts/dual-guidance.js';
import { guidedTowers } from '../../zoo/parts/guided-towers.js';
import { statePrototype } from '../../zoo/parts/state-prototype.js';
import { tcp } from '../../zoo/tcp.js';
import { evaluate } from '../evaluate.js';
import { type ControlResult, controlTitles, type Explanation, explain } from './explain.js';
import { partners } from './of-image.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ threads: 1 });
  clip = tinyClip();
});

const made = (learner: (clip: Clip) => PromptLearner, on = clip) =>
  defineMethod({ name: 'toy', options: {}, recipe: () => ({ lr: 1, epochs: 0, batch: 1 }), build: learner })(on, names);

const test = items(4);
const found = async (method: Parameters<typeof explain>[0], options = {}) =>
  explain(method, test, { transform: imageViews(), batch: 5, ...options });
const by = ({ controls }: Explanation, title: string): ControlResult => controls.find(one => one.control === title)!;

/** One-hot [B, C] of the class whose pattern an image has: the texts of its class are its own features. */
async function classPatterns(): Promise<tf.Tensor2D> {
  const views = imageViews();
  const all = await Promise.all(test.map(({ path }) => views.load(path, { next: () => 0 })));
  const features = clip.vision(tf.tensor4d(Float32Array.from(all.flatMap(one => [...one])), [12, 3, 8, 8]));
  return tf.concat(
    names.map((_, c) => normalised(tf.mean(tf.slice(features, [4 * c, 0], [4, -1]), 0, true))),
  ) as tf.Tensor2D; // [C, e]
}

describe('explain', () => {
  it.each([2, 10, 32])('gives each image the text of an image of another class, in batches of %i', async batch => {
    // Texts point towards all images, further for an image closer to a class: an image gets the class of the image that
    // its texts were made for.
    const patterns = await classPatterns();
    const middle = tf.mean(patterns, 0, true); // [1, e]
    const method = made(() => ({
      variables: {},
      conditionedOn: ['image'],
      textFeatures: (_, { image }) =>
        tf.mul(tf.expandDims(tf.matMul(image!, patterns as tf.Tensor, false, true), 2), tf.expandDims(middle, 0)),
    }));
    const labels = test.map(({ label }) => label);
    const { predicted, correct } = await evaluate(method, test, { transform: imageViews() });
    expect(correct).toBeGreaterThan(8);
    const lent = partners(labels).map(other => predicted[other]!);
    const explained = await found(method, { batch });
    expect(explained).toMatchObject({ method: 'toy', correct, images: 12 });
    const { top1, difference, changed, interval } = by(explained, 'guidance of another image');
    const right = lent.filter((one, i) => one === labels[i]).length;
    expect(right).toBeLessThan(4);
    expect(top1).toBeCloseTo((100 * right) / 12, 10);
    expect(difference).toBeCloseTo((100 * (right - correct)) / 12, 10);
    expect(changed).toBeCloseTo((100 * lent.filter((one, i) => one !== predicted[i]).length) / 12, 10);
    expect(interval.low).toBeLessThanOrEqual(difference);
    expect(interval.high).toBeLessThan(0);
    expect(by(explained, 'mean guidance of all images')).not.toHaveProperty('unused');
  });

  it('shows that the mean over all images suffices if images do not differ', async () => {
    const patterns = await classPatterns();
    const method = made(() => ({
      variables: {},
      conditionedOn: ['image'],
      textFeatures: (_, { image }) =>
        tf.add(tf.mul(tf.reshape(image!, [-1, 1, 8]), 0), tf.expandDims(patterns, 0)) as tf.Tensor3D,
    }));
    const explained = await found(method);
    expect(explained.top1).toBeGreaterThan(60);
    for (const title of ['guidance of another image', 'mean guidance of all images'])
      expect(by(explained, title)).toMatchObject({ difference: 0, changed: 0, unused: true });
  });

  it('gives classes the hand-written prompt of another class, or their mean', async () => {
    const patterns = await classPatterns();
    const base = tinyClip();
    const on: Clip = { ...base, ensemble: async () => tf.clone(patterns) };
    const written = made(
      () => ({
        variables: {},
        conditionedOn: ['templates'],
        textFeatures: (_, { text }) => tf.mul(text!, 1),
      }),
      on,
    );
    const explained = await found(written);
    expect(explained.top1).toBeGreaterThan(60);
    const { outcomes, difference } = by(explained, 'guidance of another class');
    expect(outcomes.both).toBe(0); // the class after the right one is never right
    expect(difference).toBeLessThan(-50);
    // All classes tie under the mean, and the first one counts.
    expect(by(explained, 'mean guidance of all classes').top1).toBeCloseTo(100 / 3, 10);
  });

  it('computes image features for a wrong class set, by way of the text features of the right one', async () => {
    const seen: string[][] = [];
    const method = made(clip => ({
      variables: {},
      conditionedOn: ['classes'],
      textFeatures(classes) {
        seen.push(classes);
        return { features: clip.text(classes), states: [clip.text(classes)] };
      },
      imageFeatures: (images, { states }) => normalised(tf.add(clip.vision(images), tf.mean(states![0]!, 0, true))),
    }));
    const wrongClasses = ['sun', 'moon', 'star', 'comet'];
    const { controls } = await found(method, { wrongClasses });
    expect(controls).toHaveLength(1);
    expect(controls[0]).toMatchObject({ control: 'guidance of a wrong class set' });
    expect(controls[0]).not.toHaveProperty('unused');
    expect(seen).toContainEqual(wrongClasses.slice(0, 3));
    const same = await found(method, { wrongClasses: names });
    expect(same.controls[0]).toMatchObject({ difference: 0, unused: true });
  });

  it('adapts to the test first, then to a wrong class set, then not at all', async () => {
    const method = resolveMethod('dgprompt:adapted')(clip, names, { guidance: { image: 'none' } });
    const titles = ['adapted to a wrong class set', 'no adaptation'];
    expect(controlTitles(method).slice(-2)).toEqual(titles);
    const transform = imageViews();
    const seen = await found(method, { wrongClasses: ['sun', 'moon', 'star', 'comet'] });
    const own = await evaluate(method, test, { transform });
    const still = { ...method, learner: { ...method.learner, adaptSet: undefined } };
    expect(seen.correct).toBe(own.correct);
    expect(by(seen, 'no adaptation').top1).toBe((await evaluate(still, test, { transform })).top1);
    for (const title of titles) expect(by(seen, title)).not.toHaveProperty('unused');
    const same = await found(method, { wrongClasses: names });
    expect(by(same, titles[0]!)).toMatchObject({ difference: 0, unused: true });
  });

  it("uses the method's own controls in place of general ones with the same title", async () => {
    const method = made(clip => ({
      variables: {},
      conditionedOn: ['templates'],
      textFeatures: classes => clip.text(classes),
      controls: {
        'guidance of another class': undefined,
        'no order': { textFeatures: classes => tf.reverse(clip.text(classes), 0) },
      },
    }));
    expect(controlTitles(method)).toEqual(['mean guidance of all classes', 'no order']);
    const explained = await found(method);
    expect(by(explained, 'mean guidance of all classes')).toMatchObject({ unused: true });
    expect(by(explained, 'no order')).not.toHaveProperty('unused');
  });

  it('throws one sentence if a method is conditioned on nothing', async () => {
    await expect(found(coop(clip, names))).rejects.toThrow(/^coop is conditioned on nothing: .*nothing to replace\.$/);
  });

  it('throws one sentence if there is no other image to take the guidance of', async () => {
    const one = explain(cocoop(clip, names, { reduction: 4 }), test.slice(0, 1), { transform: imageViews() });
    await expect(one).rejects.toThrow(
      'cocoop: one image has no other to exchange its guidance with; give two or more.',
    );
  });

  it('starts with the accuracy of evaluate', async () => {
    const method = tcp(clip, names, { layer: 2 });
    const { correct, top1 } = await evaluate(method, test, { transform: imageViews(), batch: 5 });
    expect(await found(method)).toMatchObject({ correct, top1 });
  });
});

describe('controls of built-in methods', () => {
  const memory = ["another class's shift", 'mean shift alone', 'no shift', 'no centring'];
  it.each<[string, string[]]>([
    ['cocoop+reduction=1', ['guidance of another image', 'mean guidance of all images']],
    ['tcp:layer=2', ['guidance of another class', 'mean guidance of all classes']],
    ['clip:memory', memory],
    ['tcp:memory+layer=2', ['guidance of another class', 'mean guidance of all classes', ...memory]],
  ])('%s', (id, titles) => {
    expect(controlTitles(resolveMethod(id.replace('cocoop+', 'cocoop:'))(clip, names))).toEqual(titles);
  });

  it('the memory is what it is without shift, and its controls are unused if all classes are new', async () => {
    const method = resolveMethod('clip:memory')(clip, names);
    const shots = await classPatterns();
    const text = (await clip.ensemble(names, { templates: ['a photo of a {}.'] })) as tf.Tensor2D;
    const given = { features: shots, labels: Int32Array.from([0, 1, 2]), classCount: 3, text };
    await method.learner.fit!(given as unknown as Shots);
    const seen = await found(method);
    const plain = await evaluate(resolveMethod('clip')(clip, names), test, { transform: imageViews() });
    expect(by(seen, 'no shift').top1).toBeCloseTo(plain.top1, 10);
    expect(by(seen, 'no centring')).toMatchObject({ unused: true });
    expect(by(seen, "another class's shift")).not.toHaveProperty('unused');
    expect(by(seen, 'mean shift alone')).not.toHaveProperty('unused');
    const others = method.forClasses(['sun', 'moon', 'star']);
    const fresh = await explain(others, items(4, ['sun', 'moon', 'star']), { transform: imageViews() });
    for (const title of memory.slice(0, 3)) expect(by(fresh, title)).toMatchObject({ difference: 0, unused: true });
    expect(by(fresh, 'no centring')).not.toHaveProperty('unused');
  });

  it.each(['image', 'prototype', 'none'] as const)(
    'towers guided by %s without a direction are those whose generators add nothing',
    async image => {
      const method = guided(image);
      const { toText, toVision } = method.learner.variables as Record<string, object | undefined>;
      for (const variable of [
        ...leavesOf(toText ?? {}),
        ...leavesOf(toVision ?? {}),
        ...leavesOf(method.learner.state!),
      ])
        variable.assign(tf.tidy(() => tf.randomNormal(variable.shape, 0, 0.5, 'float32', 3)));
      const explained = await found(method);
      const without = async (generator: object) => {
        const kept = leavesOf(generator).map(variable => [variable, tf.clone(variable)] as const);
        for (const [variable] of kept) variable.assign(tf.zerosLike(variable));
        const { predicted } = await evaluate(method, test, { transform: imageViews(), batch: 5 });
        for (const [variable, value] of kept) variable.assign(value);
        return predicted;
      };
      const counted = (predicted: Int32Array) => test.filter(({ label }, i) => predicted[i] === label).length;
      for (const [title, generator] of [
        ['no image → text', toText],
        ['no text → image', toVision],
      ] as const) {
        if (!generator) expect(by(explained, title)).toBeUndefined();
        else {
          const { outcomes } = by(explained, title);
          expect(outcomes.both + outcomes.gained).toBe(counted(await without(generator)));
          expect(by(explained, title)).not.toHaveProperty('unused');
        }
      }
    },
  );
});

/** Prompts of both towers with guidance in both directions, or in one. */
function guided(image: 'image' | 'prototype' | 'none') {
  const guidance = {
    image,
    text: 'classes',
    hierarchical: true,
    rank: 4,
    lrScale: 1,
    scale: 1,
    from: 1,
    gate: false,
  } as const;
  const random = seededRandom(1);
  const text = deepText(clip, { tokens: 2, depth: 3 }, random);
  const visual = deepVisual(clip, { tokens: 2, depth: 3 }, random);
  const guides = dualGuidance(clip, { tokens: 2, depth: 3, guidance }, random);
  const prototype = image === 'prototype' ? statePrototype(clip, 3) : undefined;
  return made(() => ({
    variables: { text: text.variables, visual: visual.variables, ...guides.variables },
    state: { ...prototype?.state },
    ...guidedTowers(clip, { text, visual, ...guides }, image === 'image' ? 'image' : prototype?.states),
  }));
}

/** Variables in nested lists and objects. */
const leavesOf = (tree: object): tf.Variable[] =>
  tree instanceof tf.Variable ? [tree] : Object.values(tree).flatMap(one => (one ? leavesOf(one as object) : []));

describe('partners', () => {
  it('are of another class, and every image is a partner once', () => {
    const labels = [2, 0, 1, 1, 0, 2, 2, 0, 1];
    const others = partners(labels);
    expect(labels.every((label, i) => labels[others[i]!] !== label)).toBe(true);
    expect([...others].sort()).toEqual([...labels.keys()]);
  });
});
