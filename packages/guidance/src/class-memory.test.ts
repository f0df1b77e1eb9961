import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@dgprompt/engine';
import { openSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { classMemory, memoryShift } from './class-memory.js';

const golden = fileURLToPath(new URL('../../../../shared/golden-memory/weather.safetensors', import.meta.url));

beforeAll(() => tf.setBackend('cpu'));

/** Unit features of some classes' shots, near the classes' text features. */
function madeUp(C: number, shots: number, e: number) {
  const random = seededRandom(C);
  const unit = (x: tf.Tensor) => tf.div(x, tf.norm(x, 'euclidean', -1, true));
  const texts = unit(random.normal([C, e], 1));
  const labels = Array.from({ length: C * shots }, (_, i) => i % C);
  const around = tf.add(tf.gather(texts, tf.tensor1d(labels, 'int32')), random.normal([C * shots, e], 0.1));
  return { features: unit(around).dataSync(), labels, texts: texts.dataSync(), width: e };
}

describe('classMemory', () => {
  it.skipIf(!existsSync(golden))(
    'equals an independent implementation (skipped without ../shared/golden-memory)',
    () => {
      const file = openSafetensors(golden);
      const read = (name: string) => file.read(name);
      const width = file.tensors.get('mean')!.shape[0]!;
      const labels = read('shot_labels');
      const memory = classMemory({ features: read('shots'), labels, texts: read('text_base'), width });
      const near = (a: ArrayLike<number>, b: ArrayLike<number>) =>
        expect(Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)))).toBeLessThan(1e-6);
      near(memory.evidence, read('A'));
      near(memory.mean, read('mean'));
      expect(memory.margin).toBeCloseTo(Number(file.metadata.gamma), 6);
      const matrix = (values: ArrayLike<number>) =>
        tf.tensor2d(Float32Array.from(values), [values.length / width, width]);
      for (const part of ['base', 'new']) {
        const of = matrix(read(`text_${part}`));
        near(memoryShift(matrix(memory.texts), matrix(memory.evidence), of, 1.5).dataSync(), read(`shift_${part}`));
      }
      file.close();
    },
  );

  it('moves a class’s text feature closer to its shots', () => {
    const shots = madeUp(6, 4, 16);
    const { texts, evidence } = classMemory(shots);
    const [T, A, X] = [texts, evidence, shots.features].map(values =>
      tf.tensor2d(Float32Array.from(values), [values.length / 16, 16]),
    );
    const moved = tf.add(T!, memoryShift(T!, A!, T!, 1.5));
    const own = (of: tf.Tensor) => {
      const unit = tf.div(of, tf.norm(of, 'euclidean', -1, true));
      const all = tf.matMul(X!, unit as tf.Tensor2D, false, true).arraySync() as number[][];
      return all.reduce((sum, row, i) => sum + row[shots.labels[i]!]!, 0) / all.length;
    };
    expect(own(moved)).toBeGreaterThan(own(T!) + 0.005);
  });

  it('leaves one class out without a new solve: the margin equals that of plain refits', () => {
    const shots = madeUp(5, 3, 8);
    const { margin } = classMemory(shots);
    const margins: number[] = [];
    let known = 0;
    const row = (x: ArrayLike<number>, i: number) => Array.from({ length: 8 }, (_, k) => x[i * 8 + k]!);
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    for (let c = 0; c < 5; c++) {
      const kept = [0, 1, 2, 3, 4].filter(j => j !== c);
      const some = shots.labels.map((label, i) => [label, i] as const).filter(([label]) => label !== c);
      const texts = kept.flatMap(j => row(shots.texts, j));
      const refit = classMemory({
        features: some.flatMap(([, i]) => row(shots.features, i)),
        labels: some.map(([label]) => kept.indexOf(label)),
        texts,
        width: 8,
      });
      const tensor = (x: ArrayLike<number>) => tf.tensor2d(Float32Array.from(x), [x.length / 8, 8]);
      const all = tensor(shots.texts);
      const shifted = tf.add(all, memoryShift(tensor(refit.texts), tensor(refit.evidence), all, 1.5));
      const guided = tf.div(shifted, tf.norm(shifted, 'euclidean', -1, true)).arraySync() as number[][];
      const lead = (x: number[], classes: number[][]) =>
        dot(x, classes[c]!) - Math.max(...kept.map(j => dot(x, classes[j]!)));
      shots.labels.forEach((label, i) => {
        if (label !== c) return;
        const x = row(shots.features, i);
        const clip = lead(
          x,
          [0, 1, 2, 3, 4].map(j => row(shots.texts, j)),
        );
        margins.push(0.75 * lead(x, guided) + 0.25 * clip);
        if (clip > 0) known++;
      });
    }
    margins.sort((a, b) => b - a);
    expect(margin).toBeCloseTo(-margins[Math.min(known, margins.length - 1)]!, 5);
  });

  it('handles a thousand classes', () => {
    const { evidence } = classMemory(madeUp(1000, 1, 64));
    expect(evidence.every(Number.isFinite)).toBe(true);
  });

  it('learns a class of identical images, with any number of classes and columns', () => {
    for (const [C, e] of [
      [2, 3],
      [3, 5],
      [7, 4],
      [9, 10],
    ] as const) {
      const shots = madeUp(C, 3, e);
      const features = Float32Array.from(shots.features);
      for (let i = 0; i < shots.labels.length; i++)
        if (shots.labels[i] === 0) features.set(features.subarray(0, e), i * e);
      const { texts, evidence, margin } = classMemory({ ...shots, features });
      const residual = Array.from({ length: C * e }, (_, at) => {
        const [i, k] = [Math.floor(at / e), at % e];
        const own = shots.labels.flatMap((label, row) => (label === i ? [row] : []));
        const sums = Array.from({ length: e }, (_, d) => own.reduce((sum, row) => sum + features[row * e + d]!, 0));
        const wanted = sums[k]! / Math.hypot(...sums) - texts[at]!;
        let found = evidence[at]!; // ρ = 1
        for (let j = 0; j < C; j++) {
          let dot = 0;
          for (let d = 0; d < e; d++) dot += texts[i * e + d]! * texts[j * e + d]!;
          found += Math.exp(dot - 1) * evidence[j * e + k]!;
        }
        return Math.abs(found - wanted);
      });
      expect(Math.max(...residual)).toBeLessThan(1e-6);
      expect(Number.isFinite(margin)).toBe(true);
    }
  });

  const good = madeUp(3, 2, 4);
  it.each([
    ['a class without shots', { ...good, labels: [0, 1, 0, 1, 0, 1] }, {}, /Class 2 has no shots/],
    ['a label out of range', { ...good, labels: [0, 1, 2, 3, 1, 2] }, {}, /label 3, and there are 3 classes/],
    [
      'features that are not finite',
      { ...good, features: [...good.features].fill(Number.NaN, 4, 5) },
      {},
      /features of shot 1 are not finite/,
    ],
    [
      'text features that are not finite',
      { ...good, texts: [...good.texts].fill(Number.NaN, 4, 5) },
      {},
      /text features of class 1 are not finite/,
    ],
    [
      'a class whose features cancel out',
      { features: [1, 0, -1, 0, 0, 1], labels: [0, 0, 1], texts: [1, 0, 0, 1], width: 2 },
      {},
      /Class 0 has shots whose features cancel out/,
    ],
    [
      'texts that are the same, with hardly any ridge',
      { ...good, texts: [...good.texts].map((_, i) => good.texts[i % 4]!) },
      { ridge: 1e-30 },
      /cannot be solved: the text features of some classes are the same and ρ is too small/,
    ],
    ['λ out of range', good, { strength: -1 }, /strength \(λ\) is -1/],
    ['ρ out of range', good, { ridge: 0 }, /ridge \(ρ\) is 0/],
    ['a share out of range', good, { clipShare: 2 }, /clipShare is 2/],
  ])('rejects %s in one sentence', (_, shots, options, sentence) => {
    expect(() => classMemory(shots, options)).toThrow(sentence);
  });
});
