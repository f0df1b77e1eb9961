import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GeneratorVariables, generator } from './generator.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const sizes = { from: 6, to: 5, tokens: 3, layers: 2, rank: 4, gate: false };

type Matrix = number[][];
const times = (row: number[], matrix: Matrix) =>
  matrix[0]!.map((_, j) => row.reduce((s, x, i) => s + x * matrix[i]![j]!, 0));
const dot = (a: number[], b: number[]) => a.reduce((s, x, i) => s + x * b[i]!, 0);

/** The generator's definition for one set of states: one query, one member and one number at a time. */
function naive(variables: GeneratorVariables, layers: Matrix[]): Matrix {
  const read = (v: tf.Variable) => v.arraySync() as Matrix;
  const members = layers.flatMap((members, k) =>
    members.map(state => {
      const mean = state.reduce((s, x) => s + x, 0) / state.length;
      const variance = state.reduce((s, x) => s + (x - mean) ** 2, 0) / state.length;
      return state.map((x, i) => (x - mean) / Math.sqrt(variance + 1e-5) + read(variables.layerEmbedding)[k]![i]!);
    }),
  );
  return read(variables.queries!).map(query => {
    const scores = members.map(m => Math.exp(dot(query, times(m, read(variables.key!))) / Math.sqrt(query.length)));
    const total = scores.reduce((s, x) => s + x, 0);
    const values = members.map(m => times(m, read(variables.value)));
    const attended = query.map((_, i) => values.reduce((s, value, m) => s + (scores[m]! / total) * value[i]!, 0));
    return times(attended, read(variables.output));
  });
}

/** A generator with nonzero output, as after some training. */
function trained(options = sizes) {
  const random = seededRandom(7);
  const made = generator(options, random);
  made.variables.output.assign(random.normal([options.rank, options.to], 1));
  return made;
}

const states = (shape: number[], seed: number) => seededRandom(seed).normal(shape as [number, number], 2) as tf.Tensor;

describe('generator', () => {
  it('adds nothing at the start', () => {
    for (const gate of [false, true]) {
      const added = generator({ ...sizes, gate }, seededRandom(1)).generate([states([4, 6], 1)]);
      expect(added.shape).toEqual([3, 5]);
      expect(Math.max(...tf.abs(added).dataSync())).toBe(0);
    }
  });

  it('can learn from its zero start: the output projection, or the gate, has a gradient', () => {
    for (const [gate, name] of [[false, 'output'] as const, [true, 'gate'] as const]) {
      const { variables, generate } = generator({ ...sizes, gate }, seededRandom(1));
      const variable = variables[name]!;
      const { grads } = tf.variableGrads(() => tf.sum(generate([states([4, 6], 1)])), [variable]);
      expect(Math.max(...tf.abs(grads[variable.name]!).dataSync())).toBeGreaterThan(1e-4);
    }
  });

  it('equals its definition written out in loops', () => {
    const { variables, generate } = trained();
    const [a, b] = [states([4, 6], 2), states([4, 6], 3)];
    const expected = naive(variables, [a.arraySync() as Matrix, b.arraySync() as Matrix]).flat();
    expect([...generate([a, b]).dataSync()]).toEqual(expected.map(x => expect.closeTo(x, 4)));
  });

  it('treats every image separately', () => {
    const { generate } = trained();
    const batch = [states([3, 4, 6], 4), states([3, 4, 6], 5)];
    const together = generate(batch); // [3, M, to]
    const second = generate(batch.map(s => tf.squeeze(tf.slice(s, 1, 1), [0])));
    expect([...tf.slice(together, 1, 1).dataSync()]).toEqual([...second.dataSync()].map(x => expect.closeTo(x, 5)));
  });

  it('mixes states shared by all images with states per image', () => {
    const { generate } = trained();
    const [shared, own] = [states([4, 6], 9), states([3, 4, 6], 10)];
    const third = generate([shared, tf.squeeze(tf.slice(own, 2, 1), [0])]);
    const together = generate([shared, own]);
    expect([...tf.slice(together, 2, 1).dataSync()]).toEqual([...third.dataSync()].map(x => expect.closeTo(x, 5)));
  });

  it('depends on the order of the layers, but not on the order of the members of a set', () => {
    const { generate } = trained();
    const [a, b] = [states([4, 6], 6), states([4, 6], 7)];
    const plain = [...generate([a, b]).dataSync()];
    const reordered = [a, b].map(s => tf.gather(s, [2, 0, 3, 1]));
    expect([...generate(reordered).dataSync()]).toEqual(plain.map(x => expect.closeTo(x, 5)));
    const swapped = [...generate([b, a]).dataSync()];
    expect(Math.max(...swapped.map((x, i) => Math.abs(x - plain[i]!)))).toBeGreaterThan(1e-3);
  });

  it('rejects more states than it has layers', () => {
    const state = states([1, 6], 8);
    expect(() => trained().generate([state, state, state])).toThrow(/generator for 2 layers got the states of 3/);
  });

  it('omits attention over the single state of an image, with the same numbers and without unused variables', () => {
    const sizes = { from: 6, to: 4, tokens: 2, layers: 1, rank: 3, gate: true };
    const [whole, plain] = [generator(sizes, seededRandom(5)), generator({ ...sizes, single: true }, seededRandom(5))];
    for (const { variables } of [whole, plain]) variables.gate!.assign(tf.scalar(0.7));
    const state = seededRandom(2).normal<tf.Rank.R3>([3, 1, 6], 1);
    expect(plain.generate([state]).arraySync()).toEqual(whole.generate([state]).arraySync());
    expect(Object.keys(plain.variables)).toEqual(['layerEmbedding', 'value', 'output', 'gate']);
    expect(() => plain.generate([tf.ones([2, 6])])).toThrow(/sets of one member got sets of 2/);
    expect(Object.keys(generator({ ...sizes, layers: 2, single: true }, seededRandom(5)).variables)).toContain('key');
  });
});
