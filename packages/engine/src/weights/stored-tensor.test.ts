import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { float32ToFloat16 } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile } from '../compile.js';
import { useDevice } from '../devices/device.js';
import { valueAndGrads } from '../gradients.js';
import { commonFolder } from '../runtime/file-place.js';
import { type StoredPart, storedFile } from '../runtime/stored-file.js';
import { encodeModel } from '../tracing/onnx-model.js';
import { storedTensor, tensorRows } from './stored-tensor.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stored-')));
const [rows, columns] = [160, 128];
const numbers = Float32Array.from({ length: rows * columns }, (_, i) => Math.fround(((i * 7919) % 1000) / 512 - 1));

beforeAll(async () => {
  await useDevice();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes bytes after a header of odd length. @returns where they are */
function part(name: string, type: StoredPart['type'], values: Float32Array, header = 13): StoredPart {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  const half = float32ToFloat16(values);
  const upper = Uint16Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), bits => bits >>> 16);
  const stored = { float32: values, float16: half, bfloat16: upper }[type];
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  writeFileSync(path, Buffer.concat([Buffer.alloc(header, 1), bytes]));
  return { file: storedFile(path), offset: header, type, size: values.length };
}

const distance = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
const x = tf.tidy(() => tf.randomNormal<tf.Rank.R2>([3, columns], 0, 1, 'float32', 1));

test.each(['float32', 'float16', 'bfloat16'] as const)('a graph reads %s values from the file', async type => {
  for (const header of [13, 64]) {
    const stored = storedTensor([part(`${type}${header}`, type, numbers, header)], [rows, columns]) as tf.Tensor2D;
    const product = await compile((x: tf.Tensor2D) => tf.matMul(x, stored, false, true))(x);
    const values = tf.tensor2d(stored.dataSync<'float32'>(), [rows, columns]);
    expect(distance(product, tf.matMul(x, values, false, true))).toBeLessThan(1e-4);
    expect(distance(values, tf.tensor2d(numbers, [rows, columns]))).toBeLessThan(type === 'bfloat16' ? 1e-2 : 1e-3);
  }
});

test('transposed matrices, and gradients through them', async () => {
  const stored = storedTensor([part('t', 'float32', numbers)], [columns, rows], { transposed: true }) as tf.Tensor2D;
  const weights = tf.transpose(tf.tensor2d(numbers, [rows, columns]));
  const w = { x: tf.variable(x) };
  const losses = (matrix: tf.Tensor2D) => () =>
    valueAndGrads(w, () => tf.sum(tf.square(tf.matMul(w.x as tf.Tensor2D, matrix))) as tf.Scalar);
  const [loss, { x: gradient }] = await compile(losses(stored))();
  const [sameLoss, { x: sameGradient }] = await compile(losses(weights as tf.Tensor2D))();
  expect(Math.abs(loss.dataSync()[0]! / sameLoss.dataSync()[0]! - 1)).toBeLessThan(1e-5);
  expect(distance(gradient, sameGradient)).toBeLessThan(1e-3 * tf.max(tf.abs(sameGradient)).dataSync()[0]!);
  const sliced = await compile(() => tf.add(tf.slice(stored, [2, 3], [columns - 2, 70]), 0))();
  expect(distance(sliced, tf.slice(weights, [2, 3], [columns - 2, 70]))).toBe(0);
  expect([...stored.dataSync()]).toEqual([...weights.dataSync()]);
});

test('several parts are stacked vertically, also from files in different folders', async () => {
  const parts = [numbers.subarray(0, 5120), numbers.subarray(5120, 10240), numbers.subarray(10240)].map((values, i) =>
    part(`deep/er${i}/part`, 'float32', Float32Array.from(values)),
  );
  const stored = storedTensor(parts, [rows, columns]);
  expect([...(await compile(() => tf.mul(stored, 1))()).dataSync()]).toEqual([...numbers]);
  const turned = storedTensor(parts, [columns, rows], { transposed: true });
  expect(distance(await compile(() => tf.mul(turned, 1))(), tf.transpose(tf.tensor2d(numbers, [rows, columns])))).toBe(
    0,
  );
});

test('single rows of a matrix can be read', () => {
  const stored = storedTensor([part('rows', 'float16', numbers)], [rows, columns]);
  const three = [5, 159, 5].flatMap(row => [...numbers.subarray(row * columns, (row + 1) * columns)]);
  const difference = tensorRows(stored, [5, 159, 5]).map((value, i) => value - three[i]!);
  expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-3);
  expect(tensorRows(tf.tensor2d([1, 2, 3, 4], [2, 2]), [1])).toEqual(Float32Array.of(3, 4));
});

test('the error names a file that has changed or was deleted', async () => {
  const changed = part('changed', 'float32', numbers);
  const stored = storedTensor([changed], [rows, columns]);
  writeFileSync(changed.file.path, 'other');
  await expect(compile(() => tf.add(stored, 1))()).rejects.toThrow(`${changed.file.path} has changed`);
  rmSync(changed.file.path);
  expect(() => stored.dataSync()).toThrow('was deleted');
});

test('parts that do not fill the shape are rejected', () => {
  expect(() => storedTensor([part('few', 'float32', numbers)], [rows, columns + 1])).toThrow('do not make a tensor');
});

test('the same program runs on another backend', async () => {
  const stored = () => storedTensor([part('cpu', 'float32', numbers)], [columns, rows], { transposed: true });
  await tf.setBackend('cpu');
  expect(distance(stored(), tf.transpose(tf.tensor2d(numbers, [rows, columns])))).toBe(0);
  await useDevice();
});

test('a link to the file also works, given its real path', async () => {
  const real = part('blobs/abc', 'float32', numbers);
  mkdirSync(join(folder, 'snapshots'));
  symlinkSync(real.file.path, join(folder, 'snapshots/model'));
  const file = storedFile(realpathSync(join(folder, 'snapshots/model')));
  const stored = storedTensor([{ ...real, file }], [rows, columns]);
  expect([...(await compile(() => tf.mul(stored, 1))()).dataSync()]).toEqual([...numbers]);
});

test('without a common folder, the bytes become part of the model', () => {
  const stored = part('inline', 'float16', numbers);
  const initializer = { name: 'f0', dtype: 'float16' as const, shape: [rows, columns], stored };
  const encode = (folder?: string) =>
    encodeModel({ nodes: [], initializers: [initializer], inputs: [], outputs: [], ...(folder && { folder }) }).length;
  expect(encode(folder)).toBeLessThan(1000);
  expect(encode()).toBeGreaterThan(rows * columns * 2);
  expect(commonFolder([join('/a/b/c', 'x'), join('/a/d', 'y')])).toBe(join('/a'));
});
