import { seededRandom } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { metaNet } from './meta-net.js';

beforeAll(() => tf.setBackend('cpu').then(() => {}));

test('is linear, ReLU, linear, with e / reduction hidden units', () => {
  const { variables, apply } = metaNet({ from: 6, to: 3, reduction: 2 }, seededRandom(4));
  expect(variables.down.weight.shape).toEqual([6, 3]);
  expect(variables.up.weight.shape).toEqual([3, 3]);
  const features = tf.tensor2d([[1, -1, 2, 0, 3, -2]]);
  const [down, up] = [variables.down, variables.up].map(({ weight, bias }) => ({
    weight: weight.arraySync() as number[][],
    bias: bias.arraySync() as unknown as number[],
  }));
  const row = features.arraySync()[0]!;
  const hidden = down!.bias.map((b, j) =>
    Math.max(0, b + row.reduce((sum, x, i) => sum + x * down!.weight[i]![j]!, 0)),
  );
  const expected = up!.bias.map((b, j) => b + hidden.reduce((sum, x, i) => sum + x * up!.weight[i]![j]!, 0));
  expect(Math.max(...hidden)).toBeGreaterThan(0);
  [...apply(features).dataSync()].forEach((value, j) => {
    expect(value).toBeCloseTo(expected[j]!, 5);
  });
});

test('a reduction that leaves no hidden units is rejected', () => {
  expect(() => metaNet({ from: 8, to: 4 }, seededRandom(1))).toThrow(/reduction is 16; it must be at most 8/);
});
