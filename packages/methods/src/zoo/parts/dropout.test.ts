import { compile, useDevice, valueAndGrads } from '@dgprompt/engine';
import { randomStream } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawNoise } from '../../training/noise.js';
import { dropout, dropoutNoise } from './dropout.js';

beforeAll(async () => {
  await useDevice();
});

const width = 40;

/** The mask of one step, [count, width]: 0 and 4/3. */
function maskOf(step: number, count: number): Float32Array {
  return tf.tidy(() => {
    const noise = dropoutNoise(2, width);
    drawNoise({ noise }, randomStream(step));
    const mask = dropout(tf.ones([count, width]), 0.25, noise, 1).dataSync() as Float32Array;
    noise.dispose();
    return mask;
  });
}

describe('dropout', () => {
  it('drops a share of the entries and scales the others, so that the mean stays', () => {
    const mask = maskOf(1, 1500);
    expect([...new Set([...mask].map(x => x.toFixed(5)))].sort()).toEqual(['0.00000', '1.33333']);
    expect(mask.reduce((sum, x) => sum + x, 0) / mask.length).toBeCloseTo(1, 1);
  });

  it('drops any two entries independently, in one row, in one column or in neither', () => {
    const masks = Array.from({ length: 1000 }, (_, step) => maskOf(step, 10));
    const at = (row: number, column: number) => masks.map(mask => mask[row * width + column]! - 1);
    const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    const entry = at(3, 5);
    expect(mean(entry.map(x => x * x))).toBeCloseTo(1 / 3, 1); // p / (1 - p)
    for (const other of [at(3, 6), at(4, 5), at(9, 30)])
      expect(Math.abs(mean(entry.map((x, i) => x * other[i]!)))).toBeLessThan(0.04);
  });

  it('passes gradients of the kept entries alone, and is the same when compiled', async () => {
    const noise = dropoutNoise(1, width);
    drawNoise({ noise }, randomStream(7));
    const x = tf.variable(tf.ones([1500, width]));
    const plain = dropout(x as tf.Tensor2D, 0.25, noise, 0);
    const [, { x: gradient }] = valueAndGrads(
      { x },
      () => tf.sum(dropout(x as tf.Tensor2D, 0.25, noise, 0)) as tf.Scalar,
    );
    expect(await gradient.data()).toEqual(await plain.data());
    const compiled = compile(() => dropout(x as tf.Tensor2D, 0.25, noise, 0));
    expect(await (await compiled()).data()).toEqual(await plain.data());
    drawNoise({ noise }, randomStream(8));
    expect(await (await compiled()).data()).not.toEqual(await plain.data());
    await compiled.dispose();
  });
});
