import type { Clip } from '@dgprompt/clip';
import { seededRandom, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluation/evaluate.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { linearProbe } from './linear-probe.js';
import { lbfgs } from './parts/lbfgs.js';
import { logisticRegression } from './parts/logistic-regression.js';

const [count, width, classes] = [30, 5, 3];
let features: number[][];
let labels: Int32Array;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  features = (seededRandom(3).normal([count, width], 1) as tf.Tensor2D).arraySync();
  labels = Int32Array.from(features, ([a, b], i) => (i % 7 === 0 ? 2 : a! > b! ? 0 : 1)); // no plane separates them
});

/** Gradient of c · Σ cross-entropy + |W|² / 2 in plain loops, at float64: [C, e] and [C]. */
function naiveGradient(weight: number[][], bias: number[], c: number): number[][] {
  const gradient = weight.map((row, k) => [...row, 0 * bias[k]!]);
  features.forEach((x, i) => {
    const logits = weight.map((row, k) => row.reduce((sum, w, j) => sum + w * x[j]!, bias[k]!));
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    logits.forEach((z, k) => {
      const slope = Math.exp(z) / total - (labels[i] === k ? 1 : 0);
      [...x, 1].forEach((v, j) => {
        gradient[k]![j]! += c * slope * v;
      });
    });
  });
  return gradient;
}

it('logistic regression frees all that it makes', async () => {
  const data = { features: tf.tensor2d(features), labels };
  const before = tf.memory().numTensors;
  const regression = logisticRegression(data, classes);
  await regression.fit(1);
  await regression.dispose();
  expect(tf.memory().numTensors).toBe(before);
  data.features.dispose();
});

describe.each(['cpu', 'onnxruntime'] as const)('logistic regression on %s', backend => {
  it.each([0.01, 1, 100])('finds where the gradient of the formula is zero: C = %s', async c => {
    await useDevice({ backend });
    const data = { features: tf.tensor2d(features), labels };
    const regression = logisticRegression(data, classes);
    const { weight, bias } = await regression.fit(c);
    const rows = Array.from({ length: classes }, (_, k) => [...weight.subarray(k * width, (k + 1) * width)]);
    const gradient = naiveGradient(rows, [...bias], c).flat();
    const scale = Math.max(
      ...naiveGradient(
        rows.map(row => row.map(() => 0)),
        [0, 0, 0],
        c,
      )
        .flat()
        .map(Math.abs),
    );
    expect(Math.max(...gradient.map(Math.abs)) / scale).toBeLessThan(1e-4);
    expect(Math.max(...weight.map(Math.abs))).toBeGreaterThan(0.01);
    await regression.dispose();
    data.features.dispose();
    await useDevice({ backend: 'cpu' });
  });
});

describe('L-BFGS', () => {
  it('finds the bottom of a bent valley', async () => {
    const rosenbrock = async (x: Float64Array) => {
      const [a, b] = [x[0]!, x[1]!];
      const gradient = Float64Array.of(-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a));
      return { value: (1 - a) ** 2 + 100 * (b - a * a) ** 2, gradient };
    };
    const { x, iterations, gradient } = await lbfgs(rosenbrock, Float64Array.of(-1.2, 1), { tolerance: 1e-8 });
    expect([...x]).toEqual([expect.closeTo(1, 7), expect.closeTo(1, 7)]);
    expect(gradient).toBeLessThan(1e-8);
    expect(iterations).toBeLessThan(60);
    expect((await lbfgs(rosenbrock, Float64Array.of(-1.2, 1), { iterations: 3 })).iterations).toBe(3);
  });

  it('stops when aborted', async () => {
    const f = async (x: Float64Array) => ({ value: x[0]! ** 2, gradient: x.map(v => 2 * v) });
    await expect(lbfgs(f, Float64Array.of(1), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});

describe('linear probe', () => {
  let clip: Clip;
  beforeAll(() => {
    clip = tinyClip();
  });

  async function probed(options: object, more: object = {}) {
    const method = linearProbe(clip, names, options);
    const epochs = [];
    for await (const epoch of train(method, items(6), { transform: imageViews(), ...more })) epochs.push(epoch);
    return { method, epochs };
  }

  it('learns its training images in one fit, and reports one epoch', async () => {
    const { method, epochs } = await probed({ c: 1e4 }, { epochs: 20 });
    expect(epochs).toEqual([expect.objectContaining({ number: 1, epochs: 1 })]);
    expect((await evaluate(method, items(6), { transform: imageViews() })).top1).toBe(100);
    // from pixels
    expect((await evaluate(method, items(6), { transform: imageViews({ fixed: false }) })).top1).toBe(100);
  });

  it('takes the penalty that is best on validation images', async () => {
    const validation = items(9).filter(({ path }) => Number(path.split('-')[1]) > 5);
    const accuracy = async (options: object) => (await probed(options, { validation })).epochs[0]!.validation!;
    const searched = await accuracy({});
    for (const c of [1e-6, 1e-2, 1, 1e6]) expect(searched).toBeGreaterThanOrEqual(await accuracy({ c }));
    const weights = async (more: object) => values((await probed({}, more)).method).weight!;
    expect(await weights({})).toEqual(values((await probed({ c: 1 })).method).weight);
  });

  it('throws for other classes', async () => {
    expect(() => linearProbe(clip, names).forClasses(['ant', 'bee'])).toThrow(
      /linear-probe: what it learned belongs to the 3 classes it was made for, so it cannot take others/,
    );
  });
});
