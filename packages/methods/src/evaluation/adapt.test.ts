import { type Clip, loadClip } from '@dgprompt/clip';
import { useDevice, valueAndGrads } from '@dgprompt/engine';
import { loadTask, miniClip } from '@dgprompt/pictograms';
import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { defineMethod } from '../method/define.js';
import { distance, imageViews, names, tinyClip, values } from '../testing/tiny.js';
import { classify } from './classify.js';
import { evaluate } from './evaluate.js';

beforeEach(() => useDevice({ backend: 'cpu' }));

const clip = tinyClip();

/** Entropy of the mean prediction, as in TPT's loss. */
const entropy = (logits: tf.Tensor2D) => {
  const mean = tf.mean(tf.softmax(logits), 0);
  return tf.neg(tf.sum(tf.mul(mean, tf.log(mean)))) as tf.Scalar;
};

const adapting = (steps: number, on: Clip = clip, classNames: readonly string[] = names) =>
  defineMethod({
    name: 'adapting',
    options: {},
    recipe: () => ({ lr: 1, epochs: 0, batch: 1 }),
    build(clip, _, random) {
      const text = textContext(clip, { tokens: 3 }, random);
      return {
        variables: text.variables,
        textFeatures: classes => clip.text(classes, { prompts: text }),
        adapt: { views: 4, steps, lr: 0.05, optimizer: { name: 'adamw' }, loss: entropy },
      };
    },
  })(on, classNames, { seed: 1 });

/** Views that differ from the image by noise. */
const noisy = {
  fixed: false,
  async load(path: string, random: { next(): number }) {
    const pixels = await imageViews().load(path, random);
    return pixels.map(x => x + random.next() - 0.5);
  },
};

async function logitsOf(method: ReturnType<ReturnType<typeof defineMethod>>, paths: string[]) {
  const all: Record<string, number[]> = {};
  for await (const { image, ...one } of classify(method, paths, { transform: imageViews(), augmented: noisy }))
    all[image] = [...(one as { logits: Float32Array }).logits];
  return all;
}

describe('a method that adapts to each test image', () => {
  it('starts afresh for every image: order and repetition do not matter, and nothing stays changed', async () => {
    const method = adapting(2);
    const before = values(method);
    const all = await logitsOf(method, ['0-0', '1-0', '2-0']);
    const turned = await logitsOf(method, ['2-0', '0-0']);
    expect(turned['2-0']).toEqual(all['2-0']);
    expect(turned['0-0']).toEqual(all['0-0']);
    expect(values(method)).toEqual(before);
  });

  it('takes the steps of a plain loop', async () => {
    const method = adapting(1);
    const { learner } = method;
    const plain = adapting(1);
    const [all, still] = [await logitsOf(method, ['1-1']), await logitsOf(adapting(1), ['1-1'])];
    expect(all).toEqual(still);
    const context = (plain.learner.variables as { context: tf.Variable }).context;
    const { randomStream } = await import('@dgprompt/io');
    const random = randomStream(1).fork('test views');
    const views = [await imageViews().load('1-1', random)];
    for (let i = 0; i < 4; i++) views.push(await noisy.load('1-1', random.fork(i)));
    const images = tf.tensor4d(Float32Array.from(views.flatMap(view => [...view])), [5, 3, 8, 8]);
    const logits = (of: tf.Tensor4D) => {
      const text = plain.learner.textFeatures!([...names], plain.task) as tf.Tensor;
      return tf.mul(tf.matMul(clip.vision(of), text, false, true), clip.logitScale) as tf.Tensor2D;
    };
    const [, gradients] = valueAndGrads({ context }, () => entropy(logits(images)));
    // the first step of AdamW moves by lr · (sign of the gradient, unless it is tiny, and decay)
    const moved = tf.tidy(() => {
      const g = gradients.context as tf.Tensor;
      const change = tf.add(tf.div(g, tf.add(tf.abs(g), 1e-8)), tf.mul(context, 0.01));
      return tf.sub(context, tf.mul(change, 0.05));
    });
    context.assign(moved);
    const expected = logits(tf.slice(images, 0, 1)).dataSync();
    expect(distance(all['1-1']!, expected)).toBeLessThan(1e-3);
    expect(learner.adapt!.steps).toBe(1);
  });

  it('predicts from files what it is evaluated on', async () => {
    await useDevice({ threads: 1 }); // for a CLIP this large, tfjs's own kernels take half a minute
    const weather = await loadTask('weather');
    const real = await loadClip(miniClip);
    const method = adapting(1, real, weather.classNames);
    const before = values(method);
    const some = weather.test.slice(0, 2);
    const { predicted } = await evaluate(method, some);
    const answers = await method.predict(
      some.map(({ path }) => path),
      { top: 1 },
    );
    expect(answers.map(([best]) => best!.label)).toEqual([...predicted].map(label => weather.classNames[label]));
    expect(values(method)).toEqual(before);
    real.dispose();
  });

  it('throws one sentence for invalid settings', async () => {
    const method = adapting(1);
    method.learner.adapt!.views = 0;
    await expect(logitsOf(method, ['0-0'])).rejects.toThrow('adapting: adapt.views is 0; it must be a whole number of');
    method.learner.adapt = { ...method.learner.adapt!, views: 2, augmentation: 'augmx' as 'augmix' };
    await expect(logitsOf(method, ['0-0'])).rejects.toThrow(
      'adapting: adapt.augmentation is "augmx"; it must be crops,',
    );
  });
});
