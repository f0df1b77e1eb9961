import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Compiled, compile } from '../compile.js';
import { useDevice } from '../devices/device.js';
import { valueAndGrads } from '../gradients.js';
import { seededRandom } from '../random.js';
import { storedFile } from '../runtime/stored-file.js';
import { storedTensor } from '../weights/stored-tensor.js';
import { int8Coverage, int8Text } from './coverage.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'int8-')));
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await useDevice();
});
beforeAll(() => {
  process.env.DGPROMPT_CACHE = folder;
  return useDevice({ threads: 1 });
});

let files = 0;

/** Random weights in a file, [rows, columns]; the file has them transposed, like PyTorch's linear layers. */
function linear(rows: number, columns: number, change = (values: Float32Array) => values): tf.Tensor2D {
  const values = change(Float32Array.from(normal([columns, rows]).dataSync()));
  const path = join(folder, `weights${files++}`);
  writeFileSync(path, new Uint8Array(values.buffer));
  const part = { file: storedFile(path), offset: 0, type: 'float32', size: values.length } as const;
  return storedTensor([part], [rows, columns], { transposed: true }) as tf.Tensor2D;
}

const random = seededRandom(7);
const normal = (shape: number[]) => random.normal(shape as [number, number], 0.05) as tf.Tensor;

/** A function's results in a precision, and how many of its products are in int8. */
async function run(precision: 'fp32' | 'int8', make: () => tf.Tensor | tf.Tensor[]) {
  await useDevice({ precision, threads: 1 });
  const compiled = compile(make) as Compiled<[], tf.Tensor | tf.Tensor[]>;
  const values = [await compiled()].flat().map(made => [...made.dataSync()]);
  const [graph] = compiled.graphs;
  await compiled.dispose();
  return { values, int8: graph!.int8 };
}

/** The norm of the difference of two lists of numbers, relative to the second. */
function relative(values: number[], expected: number[]): number {
  const size = (numbers: number[]) => Math.hypot(...numbers);
  return size(values.map((value, i) => value - expected[i]!)) / size(expected);
}

describe('products with stored weights in int8', () => {
  it.each([
    [5, 128, 160],
    [1, 200, 100], // one row, no multiples of the block size
    [33, 131, 127],
  ])('with %i rows, %i × %i, are within 2 % of float32', async (rows, inner, outer) => {
    const [x, weights] = [tf.variable(normal([rows, inner])), linear(inner, outer)];
    const make = () => tf.matMul(x as tf.Tensor2D, weights);
    const [whole, narrow] = [await run('fp32', make), await run('int8', make)];
    expect([whole.int8, narrow.int8]).toEqual([0, 1]);
    expect(relative(narrow.values[0]!, whole.values[0]!)).toBeLessThan(0.02);
    expect(narrow.values).not.toEqual(whole.values);
  });

  it('give gradients through a layer within 2 %, bit-identical each time', async () => {
    const [x, weights] = [tf.variable(normal([6, 144])), linear(144, 130)];
    const factors = normal([6, 130]);
    const make = () => {
      const loss = () => tf.sum(tf.mul(tf.matMul(x as tf.Tensor2D, weights), factors)) as tf.Scalar;
      const [value, gradients] = valueAndGrads({ x: x as tf.Tensor }, loss);
      return [value, gradients.x];
    };
    const [whole, narrow, again] = [await run('fp32', make), await run('int8', make), await run('int8', make)];
    expect(narrow.int8).toBe(2);
    expect(relative(narrow.values[1]!, whole.values[1]!)).toBeLessThan(0.02);
    expect(again.values).toEqual(narrow.values);
  });

  it('have a scale for each row: large numbers in one row cost the others no precision', async () => {
    const mixed = normal([4, 128]).arraySync() as number[][];
    const x = tf.variable(tf.tensor2d(mixed.map((row, i) => row.map(value => value * 1000 ** i))));
    const weights = linear(128, 128);
    const make = () => tf.matMul(x as tf.Tensor2D, weights);
    const [whole, narrow] = [await run('fp32', make), await run('int8', make)];
    for (let row = 0; row < 4; row++) {
      const part = (values: number[][]) => values[0]!.slice(row * 128, row * 128 + 128);
      expect(relative(part(narrow.values), part(whole.values))).toBeLessThan(0.02);
    }
  });

  it('cover slices, other ranks and transposed products', async () => {
    const [x, cube] = [tf.variable(normal([7, 128])), tf.variable(normal([2, 3, 160]))];
    const [wide, deep] = [linear(128, 384), linear(160, 128)];
    const make = () => [
      tf.matMul(x as tf.Tensor2D, tf.slice(wide, [0, 128], [128, 256])),
      tf.matMul(cube, tf.reshape(deep, [1, 160, 128])), // not a matrix: stays float32
      tf.matMul(tf.reshape(cube, [6, 160]), deep),
      tf.matMul(x as tf.Tensor2D, deep, false, true),
    ];
    const [whole, narrow] = [await run('fp32', make), await run('int8', make)];
    expect(narrow.int8).toBe(3);
    narrow.values.forEach((values, i) => void expect(relative(values, whole.values[i]!)).toBeLessThan(0.02));
  });

  it('keep rows and channels of zeros zero, and propagate numbers that are not finite', async () => {
    const values = normal([3, 128]).arraySync() as number[][];
    values[1]!.fill(0);
    values[2]!.fill(Number.NaN);
    const x = tf.variable(tf.tensor2d(values));
    const weights = linear(128, 128, all => all.map((value, i) => (i < 128 ? 0 : value)));
    const { values: made } = await run('int8', () => tf.matMul(x as tf.Tensor2D, weights));
    expect(made[0]!.slice(128, 256).every(value => value === 0)).toBe(true);
    expect([made[0]![0], made[0]![1]! !== 0]).toEqual([0, true]);
    expect(made[0]!.slice(256).every(Number.isNaN)).toBe(true);
  });

  it('exclude products with values in memory, such as class features', async () => {
    const [x, classes] = [tf.variable(normal([4, 128])), normal([128, 200])];
    const make = () => tf.matMul(x as tf.Tensor2D, classes as tf.Tensor2D);
    const [whole, narrow] = [await run('fp32', make), await run('int8', make)];
    expect(narrow.int8).toBe(0);
    expect(narrow.values).toEqual(whole.values);
  });

  it('are exact for constant channels, and infinite rows stay infinite or become NaN', async () => {
    const values = normal([3, 128]).arraySync() as number[][];
    values[1]!.fill(0.5);
    values[2]![7] = Number.POSITIVE_INFINITY;
    const x = tf.variable(tf.tensor2d(values));
    const weights = linear(128, 128, all => all.map((value, i) => (i < 128 ? -0.25 : value)));
    const { values: made } = await run('int8', () => tf.matMul(x as tf.Tensor2D, weights));
    expect(made[0]!.slice(0, 256).every(Number.isFinite)).toBe(true);
    expect(made[0]![128]).toBeCloseTo(128 * 0.5 * -0.25, 5);
    expect(made[0]!.slice(256).some(Number.isFinite)).toBe(false);
  });

  it('that int8 does not cover stay float32, and are counted by operator', async () => {
    const [x, image] = [tf.variable(normal([4, 128])), tf.variable(normal([1, 4, 8, 8]))];
    const [weights, kernels] = [linear(128, 128), linear(128, 256)];
    const make = () => [
      tf.matMul(x as tf.Tensor2D, weights),
      tf.matMul(weights, x as tf.Tensor2D, false, true), // the weights are the left factor
      tf.conv2d(tf.transpose(image, [0, 2, 3, 1]) as tf.Tensor4D, tf.reshape(kernels, [8, 8, 4, 128]), 1, 'valid'),
    ];
    const before = int8Coverage();
    const [whole, narrow] = [await run('fp32', make), await run('int8', make)];
    expect(narrow.values.slice(1)).toEqual(whole.values.slice(1));
    const after = int8Coverage();
    const more = (name: string) => (after.float32[name] ?? 0) - (before.float32[name] ?? 0);
    expect([after.products - before.products, more('FusedMatMul'), more('Conv')]).toEqual([1, 1, 1]);
    expect(int8Text({ products: 1, float32: { MatMul: 1, Conv: 1 } })).toBe(
      'int8: 1 of 3 products with weights; float32: 1 Conv, 1 MatMul',
    );
    expect([int8Text({ products: 2, float32: {} }), int8Text({ products: 0, float32: {} })]).toEqual([
      'int8: 2 of 2 products with weights',
      undefined,
    ]);
  });

  it('name the file whose weights are not finite', async () => {
    const x = tf.variable(normal([4, 128]));
    const weights = linear(128, 128, all => all.map((value, i) => (i === 300 ? Number.POSITIVE_INFINITY : value)));
    await expect(run('int8', () => tf.matMul(x as tf.Tensor2D, weights))).rejects.toThrow(
      /weights\d+: the matrix at byte 0 has values that are not finite, so int8 cannot hold it\.$/,
    );
  });
});

it('leaves no weight file behind, even on failure', () => {
  expect(readdirSync(join(folder, 'int8'))).toEqual([]);
});

it('is rejected in one sentence on another device or backend', async () => {
  const sentence = /^Precision 'int8' is for ONNX Runtime on the CPU: .*\.$/;
  await expect(useDevice({ precision: 'int8', device: 'webgpu' })).rejects.toThrow(sentence);
  await expect(useDevice({ precision: 'int8', backend: 'cpu' })).rejects.toThrow(sentence);
});
