import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../compile.js';
import { useDevice } from '../devices/device.js';
import { backend } from '../testing/parity.js';
import type { Tree } from '../tree.js';
import { adamW, type Optimizer, sgd } from './index.js';

beforeAll(() => useDevice({ backend }));

const gradientsOfSteps = [
  [0.5, -1, 2, 0.1],
  [-0.3, 0.2, 1, 1],
  [0.1, 0.1, -3, 0.4],
];
const start = [1, -2, 3, 0.5];
const rates = [0.1, 0.05, 0.2];

/** Three compiled steps on a matrix and a vector with equal initial values and gradients. */
async function run<S>(update: Optimizer<S>): Promise<{ matrix: number[]; vector: number[] }> {
  const variables = { matrix: tf.variable(tf.tensor(start, [2, 2])), vector: tf.variable(tf.tensor(start)) };
  const step = compile((g: tf.Tensor, lr: tf.Scalar) => {
    update(variables as Tree<tf.Variable>, { matrix: tf.reshape(g, [2, 2]), vector: g }, lr);
  });
  for (const [i, g] of gradientsOfSteps.entries()) await step(tf.tensor(g), tf.scalar(rates[i]!));
  await step.dispose();
  update.dispose();
  return { matrix: Array.from(variables.matrix.dataSync()), vector: Array.from(variables.vector.dataSync()) };
}

function expectClose(actual: number[], expected: number[]) {
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
  });
}

describe('optimizers, against plain loops', () => {
  it('keep no tensors except their buffers, and none after dispose', () => {
    const variables = [tf.variable(tf.zeros([2]))];
    const before = tf.memory().numTensors;
    const update = sgd();
    update.init(variables);
    expect(tf.memory().numTensors).toBe(before + 1);
    update.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('take gradients by the names of the variables, whatever their order', () => {
    const variables = { a: tf.variable(tf.scalar(0)), b: tf.variable(tf.scalar(0)) };
    const update = sgd({ momentum: 0, weightDecay: 0 });
    update(variables, { b: tf.scalar(1), a: tf.scalar(100) }, tf.scalar(1));
    expect([variables.a, variables.b].map(v => v.dataSync()[0])).toEqual([-100, -1]);
    const [one, two] = [tf.scalar(1), tf.tensor1d([1, 2])];
    expect(() => update(variables, { a: one }, one)).toThrow('The variable "b" of shape [] needs a gradient');
    expect(() => update(variables, { a: one, b: two }, one)).toThrow('not [2]');
    expect(() => update(variables, { a: one, b: one, c: one }, one)).toThrow('a gradient for "c"');
    const { a } = variables;
    expect(() => update({ a, b: a }, { a: one, b: one }, one)).toThrow('A variable occurs twice');
  });

  it('sgd with momentum and weight decay', async () => {
    const values = [...start];
    const momentum = [0, 0, 0, 0];
    for (const [s, g] of gradientsOfSteps.entries()) {
      values.forEach((v, i) => {
        momentum[i] = 0.9 * momentum[i]! + g[i]! + 5e-4 * v;
        values[i] = v - rates[s]! * momentum[i]!;
      });
    }
    const { matrix, vector } = await run(sgd());
    expectClose(matrix, values);
    expectClose(vector, values);
  });

  it('sgd without momentum needs no buffers', () => {
    const update = sgd({ momentum: 0 });
    expect(update.init([tf.variable(tf.zeros([2]))])).toEqual({});
  });

  it('adamW, with weight decay that may skip vectors', async () => {
    const plain = (decay: number) => {
      const values = [...start];
      const [m, s] = [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ];
      for (const [t, g] of gradientsOfSteps.entries()) {
        values.forEach((v, i) => {
          m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
          s[i] = 0.98 * s[i]! + 0.02 * g[i]! ** 2;
          const change = m[i]! / (1 - 0.9 ** (t + 1)) / (Math.sqrt(s[i]! / (1 - 0.98 ** (t + 1))) + 1e-6);
          values[i] = v - rates[t]! * (change + decay * v);
        });
      }
      return values;
    };
    const { matrix, vector } = await run(adamW({ beta2: 0.98, eps: 1e-6, weightDecay: 0.1, decayVectors: false }));
    expectClose(matrix, plain(0.1));
    expectClose(vector, plain(0));
  });
});

afterAll(() => tf.disposeVariables());
