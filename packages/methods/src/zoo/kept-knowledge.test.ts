import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Method } from '../learner/types.js';
import * as naive from '../testing/naive-clip.js';
import { naiveFeatures, naiveFrozenText } from '../testing/naive-dgprompt-first.js';
import { distance, imageViews, names, tinyClip } from '../testing/tiny.js';
import { classTargets } from '../training/data.js';
import { type Batch, lossAndGradients } from '../training/loss.js';
import { pixelBatch } from '../transforms/transform.js';
import { kgcoop } from './kgcoop.js';
import { prograd } from './prograd.js';

/** KgCoOp and ProGrad against their formulas, written out in plain loops with 77 tokens per class. */
const templates = ['an icon of {}.'];

let clip: Clip;
let images: tf.Tensor4D;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
  images = await pixelBatch(imageViews(), ['0-0', '1-0'], 2, { preparation: { size: 8 }, random: randomStream(0) });
});

const context = (method: Method) => method.learner.variables.context as tf.Variable;
const mean = (all: number[]) => all.reduce((sum, x) => sum + x, 0) / all.length;

/** The zero-shot side, which no context changes: image features, text features, predictions. */
function zeroShotSide() {
  const pixels = tf.reshape(images, [2, -1]).arraySync() as naive.Matrix;
  const image = pixels.map(one => naiveFeatures(clip, one, names, { ...still, variables: new Map(), tokens: 0 }).image);
  const text = naiveFrozenText(clip, names, templates);
  return { pixels, image, text, predicted: predictions(image, text) };
}

const still = {
  depth: 0,
  base: 'free',
  guidance: { image: 'none', text: 'none', hierarchical: true, scale: 1, from: 1, gate: false },
} as const;

const predictions = (image: naive.Matrix, text: naive.Matrix) =>
  image.map(one => naive.softmax(text.map(t => clip.logitScale * naive.dot(one, t))));

/** Text features and predictions with the method's context. */
function tunedSide(method: Method, { pixels, image }: ReturnType<typeof zeroShotSide>) {
  const tokens = context(method).shape[0]!;
  const visual = tf.variable(tf.zeros([tokens, 12]));
  const variables = new Map([
    ['text.0', context(method)],
    ['visual.0', visual],
  ]);
  const { text } = naiveFeatures(clip, pixels[0]!, names, { ...still, variables, tokens, depth: 1 });
  visual.dispose();
  return { text, predicted: predictions(image, text) };
}

const crossEntropy = (predictions: naive.Matrix, labels: number[]) =>
  mean(predictions.map((p, b) => -Math.log(p[labels[b]!]!)));

/** Gradients of losses in the entries of the context, by differences: one row per loss. */
function byDifferences(method: Method, losses: () => number[], entries = context(method).size): number[][] {
  const variable = context(method);
  const values = variable.dataSync().slice();
  const shifted = (at: number, by: number) => {
    const moved = values.slice();
    moved[at]! += by;
    variable.assign(tf.tensor(moved, variable.shape));
    return losses();
  };
  const step = 2e-3;
  const columns = Array.from({ length: entries }, (_, at) => {
    const [above, below] = [shifted(at, step), shifted(at, -step)];
    return above.map((value, i) => (value - below[i]!) / (2 * step));
  });
  shifted(0, 0);
  return columns[0]!.map((_, i) => columns.map(column => column[i]!));
}

async function computed(method: Method, labels: number[]) {
  const batch: Batch = { images, labels: tf.tensor1d(labels, 'int32'), mask: tf.ones([2]) };
  const [loss, gradients] = lossAndGradients(method, batch, await classTargets(method));
  return { loss: loss.dataSync()[0]!, gradient: [...(gradients.context as unknown as tf.Tensor).dataSync()] };
}

const largest = (values: number[]) => Math.max(...values.map(Math.abs));

describe('KgCoOp', () => {
  it('adds 8 times the mean cosine distance of the text features to the hand-written prompt’s', async () => {
    const method = kgcoop(clip, names, { templates });
    context(method).assign(tf.randomNormal([4, 8], 0, 0.5, 'float32', 3));
    const labels = [0, 2];
    const zeroShot = zeroShotSide();
    const loss = () => {
      const { text, predicted } = tunedSide(method, zeroShot);
      return crossEntropy(predicted, labels) + 8 * (1 - mean(text.map((t, c) => naive.dot(t, zeroShot.text[c]!))));
    };
    const { loss: ours, gradient } = await computed(method, labels);
    expect(ours).toBeCloseTo(loss(), 3);
    const [expected] = byDifferences(method, () => [loss()], 12);
    expect(distance(gradient.slice(0, 12), expected!)).toBeLessThan(0.01 * largest(expected!));
  });
});

describe('ProGrad', () => {
  /**
   * A method at some point, and both directions there, with the labels that it finds likelier, or less likely, than
   * zero-shot CLIP does.
   */
  function setting(options: object, likelier: boolean) {
    const method = prograd(clip, names, { templates, tokens: 5, ...options });
    context(method).assign(tf.randomNormal([5, 8], 0, 0.5, 'float32', 5));
    const zeroShot = zeroShotSide();
    const surplus = tunedSide(method, zeroShot).predicted.map((p, b) =>
      p.map((x, c) => x - zeroShot.predicted[b]![c]!),
    );
    const labels = surplus.map(all => all.indexOf(likelier ? Math.max(...all) : Math.min(...all)));
    const [task, general] = byDifferences(method, () => {
      const { predicted } = tunedSide(method, zeroShot);
      const towards = predicted.map((p, b) => -zeroShot.predicted[b]!.reduce((s, q, c) => s + q * Math.log(p[c]!), 0));
      return [crossEntropy(predicted, labels), mean(towards)];
    }) as [number[], number[]];
    return { method, labels, task, along: naive.dot(task, naive.unit(general)), general: naive.unit(general) };
  }

  it('removes its share of what opposes the zero-shot predictions', async () => {
    const { method, labels, task, along, general } = setting({ strength: 0.8 }, true);
    expect(along).toBeLessThan(0);
    const kept = task.map((g, i) => g - 0.8 * along * general[i]!);
    expect(distance(kept, task)).toBeGreaterThan(0.05 * largest(task));
    const { gradient } = await computed(method, labels);
    expect(distance(gradient, kept)).toBeLessThan(0.01 * largest(task));
  });

  it('keeps what agrees with them', async () => {
    const { method, labels, task, along } = setting({}, false);
    expect(along).toBeGreaterThan(0);
    const { gradient } = await computed(method, labels);
    expect(distance(gradient, task)).toBeLessThan(0.01 * largest(task));
  });
});
