import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clip } from '@dgprompt/clip';
import { createDataset } from '@dgprompt/datasets';
import { type SeededRandom, useDevice } from '@dgprompt/engine';
import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import { cosineLogits } from '../learner/logits.js';
import type { Method } from '../learner/types.js';
import { defineMethod, type MethodFactory } from '../method/define.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { loadMethod } from '../zoo/load.js';
import { checkMethod } from './check-method.js';

let clip: Clip;
beforeAll(async () => {
  await useDevice({ threads: 1 });
  clip = tinyClip();
});

const recipe = () => ({ lr: 0.02, epochs: 2, batch: 4 });
const matrix = (random: SeededRandom, shape: [number, number]) => tf.variable(random.normal(shape, 0.1));

/** Tip-Adapter's form: a cache of the shots, its sharpness chosen on validation images; nothing is trained. */
const cache = defineMethod({
  name: 'cache',
  options: { alpha: 1, beta: 5.5, grid: [1, 3, 5.5] },
  recipe: () => ({ lr: 1, epochs: 0, batch: 1 }),
  build(clip, { alpha, beta, grid }, _, { images, classNames }) {
    const [keys, labels, sharpness] = tf.tidy(() => [
      tf.variable(tf.zeros([images, clip.config.embedDim]), false), // [N, e]
      tf.variable(tf.zeros([images, classNames.length]), false), // [N, C]
      tf.variable(tf.scalar(beta), false),
    ]) as [tf.Variable, tf.Variable, tf.Variable];
    const logits = (image: tf.Tensor, text: tf.Tensor): tf.Tensor2D => {
      const affinity = tf.exp(tf.mul(tf.sub(tf.matMul(image, keys, false, true), 1), sharpness)); // [B, N]
      const zeroShot = cosineLogits({ image, text }, clip.logitScale);
      return tf.add(zeroShot, tf.mul(tf.matMul(affinity, labels), alpha)); // [B, C]
    };
    return {
      variables: {},
      state: { keys, labels, sharpness },
      classSpecific: true,
      logits: ({ image, text }) => logits(image, text),
      async fit({ features, labels: of, classCount, validation, text }) {
        tf.tidy(() => {
          keys.assign(features);
          labels.assign(tf.cast(tf.oneHot(tf.tensor1d(of, 'int32'), classCount), 'float32'));
        });
        const right = grid.map(value =>
          tf.tidy(() => {
            sharpness.assign(tf.scalar(value));
            const best = validation && tf.argMax(logits(validation.features, text!), 1).dataSync();
            return best ? [...best].filter((label, i) => label === validation.labels[i]).length : 0;
          }),
        );
        tf.tidy(() => sharpness.assign(tf.scalar(grid[right.indexOf(Math.max(...right))]!)));
        return undefined;
      },
    };
  },
});

/** CLIP-LoRA's form: low-rank changes of frozen weights in both towers. */
const lowRank = defineMethod({
  name: 'low-rank',
  options: { rank: 2 },
  recipe,
  build(clip, { rank }, random) {
    const pair = (width: number) => ({ down: matrix(random, [width, rank]), up: matrix(random, [rank, width]) });
    const text = Array.from({ length: clip.config.text.layers }, () => pair(clip.config.text.width));
    const vision = Array.from({ length: clip.config.vision.layers }, () => pair(clip.config.vision.width));
    return {
      variables: { text, vision },
      textFeatures: classes => clip.text(classes, { weights: layer => ({ q: text[layer]!, v: text[layer]! }) }),
      imageFeatures: images => clip.vision(images, { weights: layer => ({ v: vision[layer]! }) }),
    };
  },
});

/** An adapter between blocks, token by token. */
const adapter = defineMethod({
  name: 'adapter',
  options: {},
  recipe,
  build(clip, _, random) {
    const [text, vision] = [clip.config.text.width, clip.config.vision.width].map(d => matrix(random, [d, d]));
    const added = (tokens: tf.Tensor, weight: tf.Variable) => {
      const rows = tf.reshape(tokens, [-1, weight.shape[0]!]) as tf.Tensor2D;
      return tf.add(tokens, tf.reshape(tf.relu(tf.matMul(rows, weight as unknown as tf.Tensor2D)), tokens.shape));
    };
    return {
      variables: { text: text!, vision: vision! },
      textFeatures: classes =>
        clip.text(classes, { between: (layer, tokens) => (layer === 1 ? added(tokens, text!) : undefined) }),
      imageFeatures: images =>
        clip.vision(images, { between: (layer, tokens) => (layer === 1 ? added(tokens, vision!) : undefined) }),
    };
  },
});

/** Text prompts for each image and each class: [B, C, M, d_t]. */
const each = defineMethod({
  name: 'each',
  options: {},
  recipe,
  build(clip, _, random, { classNames }) {
    const text = textContext(clip, { tokens: 2, classes: classNames.length }, random); // [C, M, d_t]
    const shift = matrix(random, [clip.config.embedDim, clip.config.text.width]);
    return {
      variables: { ...text.variables, shift },
      classSpecific: true,
      conditionedOn: ['image'],
      textFeatures(classes, { image }) {
        const added = tf.matMul(image as tf.Tensor2D, shift as unknown as tf.Tensor2D);
        const layer = (l: number) =>
          text.layer(l) && tf.add(text.layer(l)!, tf.reshape(added, [-1, 1, 1, clip.config.text.width]));
        return clip.text(classes, { prompts: { ...text, layer } });
      },
    };
  },
});

/** Pooled patch tokens next to the class token's feature. */
const patches = defineMethod({
  name: 'patches',
  options: {},
  recipe,
  build(clip, _, random) {
    const mix = matrix(random, [clip.config.embedDim, clip.config.embedDim]);
    const unit = (x: tf.Tensor) => tf.div(x, tf.norm(x, 'euclidean', -1, true));
    return {
      variables: { mix },
      imageFeatures(images) {
        const { features, tokens } = clip.visionTokens(images); // [B, e], [B, N, e]
        return unit(tf.add(features, tf.matMul(tf.mean(tokens, 1) as tf.Tensor2D, mix as unknown as tf.Tensor2D)));
      },
    };
  },
});

const kinds = { cache, lowRank, adapter, each, patches } as unknown as Record<string, MethodFactory>;

const shots = createDataset({
  name: 'shapes',
  classNames: [...names],
  train: items(4),
  val: items(6).filter((_, i) => i % 3 === 2),
  test: items(8),
  drawn: { shots: 4, seed: 3 },
});

const learned = async (method: Method) => {
  const losses: number[] = [];
  for await (const { loss } of train(method, { transform: imageViews() })) losses.push(loss);
  return losses;
};

describe('kinds of methods', () => {
  it.each(Object.entries(kinds))('%s: satisfies the contract', (_, factory) =>
    checkMethod(factory, { clip, steps: 8 }),
  );

  it.each(Object.entries(kinds))(
    '%s: learns, and gives the same answers after saving and loading',
    async (_, factory) => {
      const method = factory(clip, shots);
      const before = JSON.stringify(values(method));
      await learned(method);
      expect(JSON.stringify(values(method))).not.toBe(before);
      const folder = await mkdtemp(join(tmpdir(), 'dgprompt-kinds-'));
      await method.save(folder);
      const again = await loadMethod(folder, clip, [factory]);
      expect(values(again)).toEqual(values(method));
      const [a, b] = [method, again].map(one => evaluate(one, shots.test, { transform: imageViews() }));
      expect([...(await b!).predicted]).toEqual([...(await a!).predicted]);
      expect(method.assumed).toBeUndefined();
    },
  );

  it('a cache needs no gradient steps, and chooses on validation images only', async () => {
    const method = cache(clip, shots);
    expect(await learned(method)).toHaveLength(1);
    const { top1 } = await evaluate(method, shots.train, { transform: imageViews() });
    expect(top1).toBeGreaterThan(90);
    const chosen = (method.learner.state as Record<string, tf.Variable>).sharpness!.dataSync()[0]!;
    expect([1, 3, 5.5]).toContain(chosen);
    const without = cache(clip, { ...shots, val: [] });
    await learned(without);
    expect((without.learner.state as Record<string, tf.Variable>).sharpness!.dataSync()[0]).toBe(1);
  });
});
