import { leaves, seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GuidanceOptions, guidance } from './guidance.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const sizes = { from: 4, to: 3, tokens: 2, depth: 4, rank: 5 };
// entering layers 0 … 3
const states = Array.from({ length: 4 }, (_, k) => seededRandom(k).normal([2, 4], 1) as tf.Tensor);

/** Guidance whose generators have nonzero output. */
function trained(options: GuidanceOptions) {
  const random = seededRandom(3);
  const made = guidance(options, random);
  for (const { output } of Object.values(made.variables))
    output.assign(random.normal(output.shape as [number, number], 1));
  return made;
}

const change = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

describe('guidance', () => {
  it('has a generator for every layer from 1 to the depth', () => {
    const { variables, at } = guidance(sizes, seededRandom(1));
    expect(Object.keys(variables)).toEqual(['layer1', 'layer2', 'layer3']);
    expect(at(0, states.slice(0, 1))).toBeUndefined();
    expect(at(4, states)).toBeUndefined();
    expect(at(2, states.slice(0, 3))!.shape).toEqual([2, 3]);
    expect(Object.keys(guidance({ ...sizes, first: 3 }, seededRandom(1)).variables)).toEqual(['layer3']);
  });

  it('reads the states of all lower layers except the constant one entering layer 0', () => {
    const { at } = trained(sizes);
    const plain = at(3, states)!;
    const other = (k: number) => states.map((state, i) => (i === k ? tf.neg(state) : state));
    expect(change(at(3, other(0))!, plain)).toBe(0);
    for (const k of [1, 2, 3]) expect(change(at(3, other(k))!, plain)).toBeGreaterThan(1e-4);
  });

  it('reads only the last state without hierarchy', () => {
    const { at } = trained({ ...sizes, hierarchical: false });
    const plain = at(3, states)!;
    const other = (k: number) => states.map((state, i) => (i === k ? tf.neg(state) : state));
    expect(change(at(3, other(1))!, plain)).toBe(0);
    expect(change(at(3, other(3))!, plain)).toBeGreaterThan(1e-4);
  });

  it('is scaled by a constant factor', () => {
    const [once, twice] = [trained(sizes).at(2, states)!, trained({ ...sizes, scale: 2 }).at(2, states)!];
    expect(change(twice, tf.mul(once, 2))).toBeLessThan(1e-5);
    expect(change(twice, once)).toBeGreaterThan(1e-3);
  });

  it('starts from the same values for the same seed', () => {
    const values = (seed: number) =>
      leaves<tf.Variable>(guidance(sizes, seededRandom(seed)).variables).flatMap(v => [...v.dataSync()]);
    expect(values(1)).toEqual(values(1));
    expect(values(2)).not.toEqual(values(1));
  });
});
