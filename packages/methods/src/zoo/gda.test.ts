import { compile, seededRandom, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import { inference } from '../evaluation/inference.js';
import type { Method } from '../learner/types.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { pixelBatch } from '../transforms/transform.js';
import { resolveMethod } from './all.js';
import { gda } from './gda.js';
import { gaussianClassifier, neighbourClassifier } from './parts/gaussians.js';
import { tipAdapter } from './tip-adapter.js';
import { zeroshot } from './zeroshot.js';

beforeAll(async () => void (await useDevice()));

type Matrix = number[][];
const transposed = (A: Matrix) => A[0]!.map((_, j) => A.map(row => row[j]!));
const times = (A: Matrix, B: Matrix) =>
  A.map(row => B[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * B[k]![j]!, 0)));
const trace = (A: Matrix) => A.reduce((sum, row, i) => sum + row[i]!, 0);
const mean = (rows: Matrix) => rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
const minus = (a: number[], b: number[]) => a.map((x, i) => x - b[i]!);
const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** By Gauss–Jordan elimination. */
function inverse(A: Matrix): Matrix {
  const n = A.length;
  const work = A.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = work[i]![i]!;
    work[i] = work[i]!.map(x => x / pivot);
    for (let j = 0; j < n; j++)
      if (j !== i)
        work[j] = minus(
          work[j]!,
          work[i]!.map(x => x * work[j]![i]!),
        );
  }
  return work.map(row => row.slice(n));
}

/** e ((N − 1) Σ + tr(Σ) I)⁻¹ of rows around zero. */
function shrunkInverse(rows: Matrix, count = rows.length): Matrix {
  const scatter = times(transposed(rows), rows);
  const t = trace(scatter) / (count - 1);
  const e = scatter.length;
  return inverse(scatter.map((row, i) => row.map((x, j) => x + (i === j ? t : 0)))).map(row => row.map(x => e * x));
}

const biasOf = (W: Matrix, means: Matrix) => W.map((row, i) => -dot(row, means[i]!) / 2);

/** Unit rows. */
function drawn(rows: number, e: number, seed: number): Matrix {
  const all = seededRandom(seed).normal([rows, e], 1).arraySync() as Matrix;
  return all.map(row => row.map(x => x / Math.sqrt(dot(row, row))));
}

const near = (made: ArrayLike<number>, wanted: Matrix | number[]) => {
  const flat = wanted.flat();
  const largest = Math.max(...flat.map(Math.abs));
  expect(Math.max(...flat.map((x, i) => Math.abs(x - made[i]!))) / largest).toBeLessThan(2e-5);
};

describe('Gaussians, compared with a plain float64 computation', () => {
  it('of classes with images, in two views', async () => {
    const [e, labels] = [12, [0, 1, 2, 0, 1, 2, 0, 1]];
    const views = [drawn(8, e, 1), drawn(8, e, 2)];
    const { weight, bias } = await gaussianClassifier(
      views.map(view => Float32Array.from(view.flat())),
      labels,
      3,
      e,
    );
    const all = views.flat().map((row, i) => ({ row, label: labels[i % 8]! }));
    const means = [0, 1, 2].map(label => mean(all.filter(one => one.label === label).map(({ row }) => row)));
    const W = times(means, shrunkInverse(all.map(({ row, label }) => minus(row, means[label]!))));
    near(weight, W);
    near(bias, biasOf(W, means));
  });

  it('of classes without images, from the images nearest to their texts', async () => {
    const [e, k, copies] = [12, 6, 3];
    const [texts, images] = [drawn(4, e, 3), drawn(20, e, 4)];
    const run = compile((t: tf.Tensor2D, x: tf.Tensor2D) => neighbourClassifier(t, x, { neighbours: k, copies }));
    const made = await run(tf.tensor2d(texts), tf.tensor2d(images));
    const nearest = texts.map(text => [...images].sort((a, b) => dot(text, b) - dot(text, a)).slice(0, k));
    const means = texts.map((text, i) => mean([...nearest[i]!, ...Array.from({ length: copies }, () => text)]));
    const inverses = texts.map((text, i) => shrunkInverse(nearest[i]!.map(row => minus(row, text))));
    const precision = inverses[0]!.map((row, i) => row.map((_, j) => mean(inverses.map(P => [P[i]![j]!]))[0]!));
    const W = times(means, precision);
    near(made.weight.dataSync(), W);
    near(made.bias.dataSync(), biasOf(W, means));
    await run.dispose();
  });

  it('are zeros if the images of each class are all the same', async () => {
    const { weight, bias } = await gaussianClassifier([Float32Array.from([1, 0, 0, 1, 1, 0])], [0, 1, 0], 2, 2);
    expect([...weight, ...bias].every(x => x === 0)).toBe(true);
  });
});

describe('GDA', () => {
  const clip = tinyClip();
  const learned = async (options: object = {}, more: object = {}) => {
    const method = gda(clip, names, { images: 18, ...options });
    for await (const _ of train(method, items(6), { transform: imageViews(), ...more }));
    return method;
  };
  const accuracy = async (method: Method) => (await evaluate(method, items(6), { transform: imageViews() })).top1;

  it('knows its shots with a large weight, and is zero-shot CLIP with none', async () => {
    expect(await accuracy(await learned({ alpha: 1000 }))).toBe(100);
    expect(await accuracy(await learned({ alpha: 0 }))).toBe(await accuracy(zeroshot(clip, names)));
  });

  it('takes the weight that is best on validation images, and the given one without any', async () => {
    const validation = items(9).filter(({ path }) => Number(path.split('-')[1]) > 5);
    const searched = await learned({}, { validation });
    const top1 = async (method: Method) => (await evaluate(method, validation, { transform: imageViews() })).top1;
    for (const alpha of [1e-4, 0.1, 10, 100])
      expect(await top1(searched)).toBeGreaterThanOrEqual(await top1(await learned({ alpha, search: 'none' })));
    expect(values(await learned({ alpha: 3 }))['state.alpha']).toEqual([3]);
  });

  it('takes other classes next to its own: each keeps its own Gaussian', async () => {
    const method = await learned({ alpha: 1000 });
    const mixed = method.forClasses(['a wolf', ...names, 'a crow']);
    const own = items(6).map(item => ({ ...item, label: item.label + 1 }));
    const logitsOf = async (one: Method) => {
      const run = inference(one);
      const pixels = await pixelBatch(imageViews(), [own[0]!.path], 1, {
        preparation: clip.preparation,
        random: seededRandom(1),
      });
      const logits = [...(await run.logits(pixels))];
      await run.dispose();
      pixels.dispose();
      return logits;
    };
    const [alone, among] = [await logitsOf(method), await logitsOf(mixed)];
    among.slice(1, 4).forEach((x, i) => {
      expect(x / alone[i]!).toBeCloseTo(1, 4);
    });
    const others = await logitsOf(method.forClasses(['a wolf', 'a crow']));
    const crow = await logitsOf(method.forClasses(['a crow', 'a wolf']));
    expect(others.map(x => x.toPrecision(4))).toEqual([...crow].reverse().map(x => x.toPrecision(4)));
    expect(others).not.toEqual(await logitsOf(zeroshot(clip, ['a wolf', 'a crow'])));
  });

  it('keeps classes of the same name apart, as ImageNet has them', async () => {
    const twice = ['cat', 'cat', 'owl'];
    const method = gda(clip, twice, { images: 18, alpha: 1000, dataset: 'imagenet' });
    for await (const _ of train(method, items(6, twice), { transform: imageViews() }));
    expect((await evaluate(method, items(6, twice), { transform: imageViews() })).top1).toBe(100);
  });

  it('throws one sentence for a class without images, as DGPrompt does without a memory', async () => {
    const without = items(6).filter(({ label }) => label !== 1);
    const on = (method: Method) => train(method, without, { transform: imageViews() }).next();
    const [none, needed] = ['"big dog" has no training images;', 'needs at least one of every class.'];
    await expect(on(gda(clip, names, { images: 12 }))).rejects.toThrow(`gda: ${none} a Gaussian ${needed}`);
    const plain = resolveMethod('dgprompt:no-memory')(clip, names, { depth: 3 });
    await expect(on(plain)).rejects.toThrow(`dgprompt: ${none} guidance.image=shots ${needed}`);
  });

  it('throws one sentence for another number of images', async () => {
    await expect(learned({ images: 17 })).rejects.toThrow(
      'gda: it was made for 17 training images, but gets 18; make it from the dataset that it learns from',
    );
  });
});

describe('Tip-Adapter', () => {
  it('gives classes without shots no votes: for them it is zero-shot CLIP', async () => {
    const clip = tinyClip();
    const method = tipAdapter(clip, names, { images: 18, search: 'none', alpha: 1000 });
    for await (const _ of train(method, items(6), { transform: imageViews() }));
    const others = ['a wolf', 'a crow'];
    const two = items(6).map(item => ({ ...item, label: 0, classname: 'a wolf' }));
    const on = async (one: Method) => (await evaluate(one, two, { transform: imageViews() })).predicted;
    expect(await on(method.forClasses(others))).toEqual(await on(zeroshot(clip, others)));
    const mixed = [...others, ...names];
    const own = items(6).map(item => ({ ...item, label: item.label + 2 }));
    const found = await evaluate(method.forClasses(mixed), own, { transform: imageViews() });
    const before = await evaluate(method, items(6), { transform: imageViews() });
    expect([...found.predicted]).toEqual([...before.predicted].map(label => label + 2));
  });
});
