import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { compile } from '../compile.js';
import { type Device, useDevice } from '../devices/device.js';
import { valueAndGrads } from '../gradients.js';
import { registerOnnxRuntime } from '../kernels/register.js';
import { seededRandom } from '../random.js';

type Fn = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

registerOnnxRuntime(); // tfjs-cpu has no gradients without it, and any test file can be the first to run

/** The backend under test: `onnxruntime`, or another one that must give the same results. */
export const backend = (process.env.DGPROMPT_BACKEND ?? 'onnxruntime') as 'onnxruntime' | 'tensorflow';

/** The device under test: `cpu`, or another one that must give the same results. */
export const device = (process.env.DGPROMPT_DEVICE ?? 'cpu') as Device;

/** Outputs of `fn` and, if `gradients` is set, the gradients of a weighted sum of them for its float inputs. */
function program(fn: Fn, gradients: boolean) {
  return (...inputs: tf.Tensor[]) => {
    const outputs = [fn(...inputs)].flat();
    if (!gradients) return outputs;
    const weigh = (t: tf.Tensor) => tf.mul(t, tf.reshape(tf.cos(tf.range(0, t.size)), t.shape));
    const floats = inputs.filter(x => x.dtype === 'float32');
    const loss = () => tf.addN([fn(...inputs)].flat().map(t => tf.sum(weigh(t)))) as tf.Scalar;
    return [...outputs, ...valueAndGrads(floats, loss)[1]];
  };
}

/** Runs `fn` compiled, and eagerly on tfjs-cpu: shapes, types and values must agree, including gradients. */
export async function expectParity(fn: Fn, inputs: tf.Tensor[], { gradients = true, digits = 4 } = {}): Promise<void> {
  await tf.setBackend('cpu');
  const expected = program(fn, gradients)(...inputs);
  const numbers = expected.map(t => Array.from(t.dataSync()));
  await useDevice({ backend, device });
  const compiled = compile(program(fn, gradients));
  const actual = await compiled(...(backend === 'tensorflow' ? inputs.map(madeHere) : inputs));
  await compiled.dispose();
  expect(actual.map(t => [t.dtype, t.shape])).toEqual(expected.map(t => [t.dtype, t.shape]));
  actual.forEach((t, i) => {
    const values = t.dataSync();
    numbers[i]!.forEach((number, j) => {
      if (Number.isNaN(number)) expect(values[j]).toBeNaN();
      else
        expect(values[j]! / Math.max(1, Math.abs(number))).toBeCloseTo(number / Math.max(1, Math.abs(number)), digits);
    });
  });
}

/** The same values as a tensor of the backend in use: some of tfjs-node's kernels cannot read another backend's. */
const madeHere = (x: tf.Tensor) => tf.tensor(x.dataSync(), x.shape, x.dtype);

/** Random test inputs: `float` stays away from zero and from ties, where derivatives jump. */
export function randomInputs(seed: number) {
  const random = seededRandom(seed);
  const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
  const values = (shape: number[], f: () => number) => Array.from({ length: size(shape) }, f);
  return {
    ...random,
    shape: (rank: number) => Array.from({ length: rank }, () => [1, 2, 3, 4][random.integer(4)]!),
    float: (shape: number[]) =>
      tf.tensor(
        values(shape, () => (0.2 + 2 * random.next()) * (random.next() < 0.5 ? -1 : 1)),
        shape,
      ),
    positive: (shape: number[]) =>
      tf.tensor(
        values(shape, () => 0.2 + 2 * random.next()),
        shape,
      ),
    int: (shape: number[], low = -5, high = 6) =>
      tf.tensor(
        values(shape, () => low + random.integer(high - low)),
        shape,
        'int32',
      ),
    bool: (shape: number[]) =>
      tf.tensor(
        values(shape, () => random.integer(2)),
        shape,
        'bool',
      ),
    /** A shape that broadcasts against `shape`: some sizes are 1, some leading axes are missing. */
    broadcastable: (shape: number[]) =>
      shape.map(d => (random.next() < 0.3 ? 1 : d)).slice(random.next() < 0.3 ? Math.min(1, shape.length) : 0),
  };
}
