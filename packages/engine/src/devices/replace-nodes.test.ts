import * as tf from '@tensorflow/tfjs-core';
import ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { activeBackend } from '../backend/backend.js';
import { attention } from '../fused/attention.js';
import { seededRandom } from '../random.js';
import { record } from '../record.js';
import type { Graph } from '../tracing/onnx-model.js';
import { useDevice } from './device.js';
import { replaceNodes } from './replace-nodes.js';

beforeAll(() => useDevice({ threads: 1 }));

/**
 * Operators of a function's graph as recorded and as rewritten by `replaceNodes`, and the largest difference between
 * their results.
 */
async function replaced(fn: (...inputs: tf.Tensor[]) => tf.Tensor, ...inputs: tf.Tensor[]) {
  const operators: string[][] = [];
  const results: Float32Array[] = [];
  for (const adapt of [(graph: Graph) => graph, replaceNodes]) {
    const spy: typeof replaceNodes = (graph, ranks) => {
      const adapted = adapt(graph, ranks);
      operators.push(adapted.nodes.map(({ op }) => op));
      return adapted;
    };
    const recording = record(activeBackend()!, fn as (...args: unknown[]) => tf.Tensor, inputs, spy);
    const session = await ort.InferenceSession.create(recording.model, { graphOptimizationLevel: 'disabled' });
    const feeds = recording.arguments.map(({ index, symbol: { name, shape } }) => [
      name,
      new ort.Tensor('float32', inputs[index]!.dataSync<'float32'>(), shape),
    ]);
    const outputs = await session.run(Object.fromEntries(feeds));
    results.push(Object.values(outputs)[0]!.data as Float32Array);
    await session.release();
  }
  const [before, after] = results as [Float32Array, Float32Array];
  expect(after).toHaveLength(before.length);
  const worst = Math.max(...before.map((value, i) => (Object.is(value, after[i]) ? 0 : Math.abs(value - after[i]!))));
  return { operators: operators as [string[], string[]], worst };
}

const normal = (...shape: number[]) => seededRandom(shape.length).normal(shape as [number], 1);

describe('a graph without fused operators gives the same numbers', () => {
  for (const [a, b] of [
    [normal(3, 4), normal(3, 5)],
    [normal(2, 3, 4), normal(2, 3, 5)],
    [normal(2, 1, 3, 4), normal(3, 5)],
  ] as const)
    it(`products of ranks ${a.rank} and ${b.rank}, either side transposed`, async () => {
      const turn = (x: tf.Tensor) => tf.transpose(x, [...Array(x.rank - 2).keys(), x.rank - 1, x.rank - 2]);
      for (const [left, right, x, y] of [
        [true, false, a, b],
        [true, true, a, turn(b)],
        [false, true, turn(a), turn(b)],
      ] as const) {
        const { operators, worst } = await replaced((p, q) => tf.matMul(p!, q!, left, right), x, y);
        expect(operators[0]).toContain('FusedMatMul');
        expect(operators[1]).not.toContain('FusedMatMul');
        expect(worst).toBeLessThan(2e-6);
      }
    });

  it('attention, with scores scaled in the product', async () => {
    const [q, k, v] = [normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 4)];
    const { operators, worst } = await replaced((q, k, v) => attention(q!, k!, v!), q, k, v);
    expect(operators).toEqual([
      ['FusedMatMul', 'Softmax', 'MatMul'],
      ['Transpose', 'MatMul', 'Mul', 'Softmax', 'MatMul'],
    ]);
    expect(worst).toBeLessThan(1e-6);
  });

  it('signs and NaN', async () => {
    const x = tf.tensor1d([-2, -0.5, 0, 3e-9, 7, Number.POSITIVE_INFINITY]);
    const signs = await replaced(x => tf.sign(x!), x);
    expect(signs.operators[1]).not.toContain('Sign');
    expect(signs.worst).toBe(0);
    const steps = await replaced(x => tf.step(x!, 0.1), tf.concat([x, tf.tensor1d([Number.NaN])]));
    expect(steps.operators).toEqual([expect.arrayContaining(['IsNaN']), expect.not.arrayContaining(['IsNaN'])]);
    expect(steps.worst).toBe(0);
  });
});
