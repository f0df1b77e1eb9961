import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectParity, randomInputs } from '../testing/parity.js';

describe('matMul, as on tfjs-cpu', () => {
  const input = randomInputs(5);
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      it(`transposeA ${transposeA}, transposeB ${transposeB}`, async () => {
        for (const batch of [[], [3], [2, 3]]) {
          const [m, k, n] = [1, 2, 3].map(() => 1 + input.integer(4)) as [number, number, number];
          const a = input.float([...batch, ...(transposeA ? [k, m] : [m, k])]);
          const b = input.float([...batch, ...(transposeB ? [n, k] : [k, n])]);
          await expectParity((x, y) => tf.matMul(x!, y!, transposeA, transposeB), [a, b]);
        }
      });
    }
  }
  it('broadcasts batches', () =>
    expectParity((x, y) => tf.matMul(x!, y!), [input.float([2, 3, 4]), input.float([1, 4, 2])], { gradients: false }));
});
