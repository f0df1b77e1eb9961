import { type Clip, normalised } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { inference } from '../evaluation/inference.js';
import { asFeatures, features, handWrittenText, logitsOf } from '../learner/forward.js';
import type { Method } from '../learner/types.js';
import { methodVariant } from '../method/define.js';
import { namedVariables } from '../method/variables.js';
import { distance, imageViews, items, names, tinyClip } from '../testing/tiny.js';
import { classTargets } from '../training/data.js';
import { type Batch, lossTerms } from '../training/loss.js';
import { train } from '../training/train.js';
import { pixelBatch } from '../transforms/transform.js';
import { resolveMethod } from './all.js';
import { dgprompt } from './dgprompt.js';

let clip: Clip;
let images: tf.Tensor4D;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
  images = await pixelBatch(imageViews(), ['0-0', '1-0'], 2, { preparation: { size: 8 }, random: randomStream(0) });
});

type Options = Parameters<typeof dgprompt>[2];
const rank = 4;
const make = (options: Options = {}): Method =>
  dgprompt(clip, names, { lr: 0.05, epochs: 2, ...options, guidance: { rank, ...options.guidance } });

async function trained(options?: Options): Promise<Method> {
  const method = make(options);
  for await (const _ of train(method, items(4), { transform: imageViews() }));
  return method;
}

/** The results of a test, by default for the two images. */
async function tested(method: Method, seen = images) {
  const frozen = await handWrittenText(method);
  const both = features(method, { images: seen }, { frozen });
  return { ...both, logits: logitsOf(method, both), frozen };
}

const values = (x: tf.Tensor) => x.dataSync();

describe('image → text', () => {
  it('moves the text feature of a class by the shots of this class alone', async () => {
    const method = await trained({ memory: { strength: 0 }, guidance: { text: 'none' } });
    const { evidence } = method.learner.state as { evidence: tf.Variable };
    const before = (await tested(method)).text;
    const [first, ...rest] = tf.unstack(evidence);
    evidence.assign(tf.stack([tf.add(first!, tf.randomNormal(first!.shape, 0, 1, 'float32', 7)), ...rest]));
    const moved = values(tf.sum(tf.abs(tf.sub((await tested(method)).text, before)), 1));
    expect(moved[0]).toBeGreaterThan(1e-4);
    expect([...moved].slice(1)).toEqual(new Array(names.length - 1).fill(0));
  });

  it('is not per image: text features are one set for all images', async () => {
    expect((await tested(await trained())).text.rank).toBe(2);
  });

  it('gives classes without shots the learned prompts', async () => {
    const method = await trained({ guidance: { text: 'none' } });
    const others = method.forClasses(['gull', 'heron']);
    const text = async (one: Method) => values(features(one, { images }, { frozen: await handWrittenText(one) }).text);
    const before = await text(others);
    const { evidence } = method.learner.state as { evidence: tf.Variable };
    evidence.assign(tf.mul(evidence, 3));
    expect(await text(others)).toEqual(before);
  });

  it('reads the mean state of the shots of each class, minus the mean of all classes', async () => {
    const method = await trained();
    const [evidence] = tf.unstack((method.learner.state as { evidence: tf.Variable }).evidence); // [J, d_v]
    const shots = items(4);
    const pixels = await pixelBatch(
      imageViews(),
      shots.map(({ path }) => path),
      shots.length,
      { preparation: { size: 8 }, random: randomStream(0) },
    );
    const { states } = clip.visionStates(pixels);
    const ofClass = (layer: number, c: number) =>
      tf.mean(
        tf.gather(
          states[layer]!,
          shots.flatMap(({ label }, i) => (label === c ? [i] : [])),
        ),
        0,
      );
    const layer = 1;
    const means = tf.stack(names.map((_, c) => ofClass(layer, c)));
    const expected = tf.sub(ofClass(layer, 0), tf.mean(means, 0));
    expect(distance(values(tf.unstack(evidence!)[layer]!), values(expected))).toBeLessThan(1e-5);
  });
});

describe('text → image', () => {
  it('makes image features depend on the class set', async () => {
    const image = async (method: Method) => values((await tested(method)).image);
    const method = await trained();
    expect(distance(await image(method), await image(method.forClasses(names.slice(0, 2))))).toBeGreaterThan(1e-6);
    const without = await trained({ guidance: { text: 'none' } });
    expect(await image(without)).toEqual(await image(without.forClasses(names.slice(0, 2))));
  });

  it('is trained with a random half of the classes in each step', () => {
    expect(make().learner.episode).toBe(2); // of three
    expect(make({ guidance: { text: 'none' } }).learner.episode).toBeUndefined();
  });

  it('pools several views by the attention of the class set', async () => {
    const method = await trained();
    const { image: views, text } = await tested(method);
    const both = tf.expandDims(views, 0) as tf.Tensor3D; // two images as the views of one, [1, 2, e]
    const one = method.learner.poolViews!(both, { features: text });
    const { mean } = (method.learner.state as { memory: { mean: tf.Variable } }).memory;
    const best = tf.max(tf.matMul(tf.sub(views, mean) as tf.Tensor2D, text as tf.Tensor2D, false, true), 1);
    const share = tf.softmax(tf.mul(best, 10));
    const expected = normalised(tf.sum(tf.mul(views, tf.expandDims(share, 1)), 0, true) as tf.Tensor2D);
    expect(distance(values(one), values(expected))).toBeLessThan(1e-6);
  });

  it('classifies an image by its pooled views, with and without memory', async () => {
    const views = tf.stack(
      Array.from({ length: 5 }, (_, v) => tf.mul(images, 1 - 0.15 * v)),
      1,
    ) as tf.Tensor5D;
    const logits = async (options: Options) => {
      const method = await trained(options);
      const { image, text, perClass } = await tested(method, tf.reshape(views, [10, 3, 8, 8]) as tf.Tensor4D);
      const each = tf.reshape(image, [2, 5, -1]) as tf.Tensor3D; // [B, V, e]
      const pooled = method.learner.poolViews!(each, { features: text, perClass });
      const expected = values(logitsOf(method, { image: pooled, text, perClass }));
      const ready = inference(method);
      const found = await ready.logits(views);
      await ready.dispose();
      expect(distance(found, expected)).toBeLessThan(1e-3);
      return found;
    };
    const attention = await logits({});
    expect(distance(await logits({ guidance: { views: 'mean' } }), attention)).toBeGreaterThan(1e-4);
    await logits({ memory: { strength: 0, centring: 0 } });
  });
});

describe('training and test', () => {
  const batch = (): Batch => ({ images, labels: tf.tensor1d([0, 2], 'int32'), mask: tf.ones([2]) });

  it('the loss sees prompts without memory and blend, a test sees both', async () => {
    const plain = await trained({ memory: { strength: 0, centring: 0 }, retention: { blend: 0 } });
    const full = await trained({ retention: { blend: 0.5 } });
    const copy = new Map([...namedVariables(plain.learner)].filter(([name]) => !name.startsWith('state')));
    for (const [name, variable] of namedVariables(full.learner)) if (copy.has(name)) variable.assign(copy.get(name)!);
    const terms = async (method: Method) => lossTerms(method, batch(), await classTargets(method));
    const [seen, wanted] = [await terms(full), await terms(plain)];
    expect(distance(values(seen.logits), values(wanted.logits))).toBeLessThan(1e-4);
    expect(distance(values((await tested(full)).logits), values((await tested(plain)).logits))).toBeGreaterThan(1e-3);
  });

  it('hidden: 1 and 0 train without and with the memory, 0.5 with the mean of both losses', async () => {
    const loss = async (hidden: number) => {
      const method = await trained({
        memory: { hidden },
        retention: { text: 0, image: 0, logits: 0, blend: 0 },
        epochs: 1,
      });
      let seed = 1;
      for (const variable of namedVariables(method.learner).values())
        variable.assign(tf.randomNormal(variable.shape, 0, 0.3, 'float32', seed++));
      const terms = lossTerms(method, batch(), await classTargets(method));
      const { learner } = method;
      return ({ ...learner, ...learner.inTraining }.loss?.(terms) ?? terms.crossEntropy).dataSync()[0]!;
    };
    const [without, half, by] = [await loss(1), await loss(0.5), await loss(0)];
    expect(Math.abs(without - by)).toBeGreaterThan(1e-3);
    expect(half).toBeCloseTo((without + by) / 2, 5);
  });

  it('blend is the mean of the prompted and the frozen features', async () => {
    const options = { memory: { strength: 0, centring: 0 }, guidance: { text: 'none' as const } };
    const half = await trained({ ...options, retention: { blend: 0.5 } });
    const prompted = asFeatures(
      half.learner.inTraining!.imageFeatures!(images, { features: tf.zeros([1]) }, {}),
    ).features;
    const expected = normalised(tf.add(tf.mul(prompted, 0.5), tf.mul(clip.vision(images), 0.5)) as tf.Tensor2D);
    expect(distance(values((await tested(half)).image), values(expected))).toBeLessThan(1e-6);
  });
});

describe('its switches', () => {
  it('plain has no guidance, no memory and the variables of prompts alone', () => {
    const { learner } = methodVariant(dgprompt, 'plain')(clip, names);
    expect(Object.keys(learner.variables)).toEqual(['text', 'visual']);
    expect(learner.conditionedOn).toEqual([]);
    expect(learner.state).toEqual({});
  });

  it('throw if they have no effect', () => {
    const wrong = (text: string) => () => resolveMethod(`dgprompt:${text}`)(clip, names);
    expect(wrong('no-text+guidance.episode=0.3')).toThrow(
      /guidance.episode has no effect, since steps see all classes/,
    );
    expect(wrong('no-memory+memory.hidden=0.5')).toThrow(/memory.hidden has no effect, since there is no memory/);
    expect(wrong('no-shift+memory.ridge=2')).toThrow(/memory.ridge has no effect, since nothing is shifted/);
    expect(wrong('memory.strength=-1')).toThrow('dgprompt: memory.strength is -1; it must be a number from 0 to 100.');
    expect(wrong('retention.blend=2')).toThrow('dgprompt: retention.blend is 2; it must be a number from 0 to 1.');
  });
});

describe('text → image before a test', () => {
  const adapted = { guidance: { rank, text: 'adapted' as const }, retention: { blend: 0.75 } };

  it('trains as without it, and adapts the CLIP that features are blended with', async () => {
    const method = await trained(adapted);
    const plain = await trained({ ...adapted, guidance: { rank, text: 'none' } });
    expect(values((await tested(method)).logits)).toEqual(values((await tested(plain)).logits));
    const { change, variables } = method.learner.adaptSet!;
    expect(Object.keys(variables)).toEqual(['prompts']);
    const both = features(
      { ...method, learner: { ...method.learner, ...change } },
      { images },
      { frozen: (await tested(method)).frozen },
    );
    expect(distance([...values(both.image)], [...values((await tested(plain)).image)])).toBeGreaterThan(1e-4);
  });

  it('needs a blend', () => {
    expect(() => make({ guidance: { rank, text: 'adapted' } })).toThrow('give retention.blend');
  });
});
