import * as tf from '@tensorflow/tfjs-core';
import ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { activeBackend } from '../backend/backend.js';
import { attention } from '../fused/attention.js';
import { quickGelu } from '../fused/gelu.js';
import { layerNorm } from '../fused/layer-norm.js';
import { valueAndGrads } from '../gradients.js';
import { sgd } from '../optim/index.js';
import { seededRandom } from '../random.js';
import { record } from '../record.js';
import type { Graph } from '../tracing/onnx-model.js';
import { useDevice } from './device.js';
import { graphFor } from './graph-for.js';
import { halfPrecision } from './half-precision.js';

beforeAll(() => useDevice({ threads: 1 }));

/** A frozen block preceded by a learned prompt, and its training step. */
function promptedBlock() {
  const random = seededRandom(3);
  const normal = (...shape: number[]) => random.normal(shape as [number, number], 0.3);
  const [inward, outward, gain] = [normal(8, 8), normal(8, 4), tf.ones([8]) as tf.Tensor1D];
  const causal = tf.tensor2d(
    [...Array(25).keys()].map(i => (i % 5 > i / 5 ? -1e30 : 0)),
    [5, 5],
  );
  const prompt = tf.variable(normal(2, 8));
  const update = sgd();
  tf.tidy(() => void update.init({ prompt }));
  const step = (x: tf.Tensor) => {
    const [loss, gradients] = valueAndGrads({ prompt }, () => {
      const tokens = layerNorm(tf.concat([prompt, x]) as tf.Tensor2D, gain, tf.zerosLike(gain));
      const hidden = tf.matMul(tokens, inward as tf.Tensor2D);
      const q = tf.expandDims(hidden);
      const seen = attention(q, q, tf.expandDims(quickGelu(hidden)), tf.matMul(tf.eye(5), causal));
      const features = tf.matMul(tf.squeeze(seen, [0]), outward as tf.Tensor2D);
      return tf.sum(tf.square(features)) as tf.Scalar;
    });
    update({ prompt }, gradients, tf.scalar(0.1));
    return loss;
  };
  return { prompt, step };
}

/** Records a step and runs it once. @returns the graph and its outputs */
async function run(adapt: (graph: Graph) => Graph) {
  const { prompt, step } = promptedBlock();
  const x = tf.tensor2d([...Array(24).keys()], [3, 8]);
  let graph: Graph | undefined;
  const recording = record(activeBackend()!, step as (...args: unknown[]) => unknown, [x], given => {
    graph = adapt(given);
    return graph;
  });
  const session = await ort.InferenceSession.create(recording.model);
  const feeds: Record<string, ort.Tensor> = {};
  for (const { symbol } of recording.arguments) feeds[symbol.name] = tensor(x, symbol.shape);
  for (const { variable, symbol } of recording.reads) feeds[symbol.name] = tensor(variable, symbol.shape);
  const outputs = Object.values(await session.run(feeds)) as ort.Tensor[];
  await session.release();
  prompt.dispose();
  return { graph: graph!, outputs };
}

const tensor = (x: tf.Tensor, shape: readonly number[]) => new ort.Tensor('float32', x.dataSync<'float32'>(), shape);

describe('frozen towers in half precision', () => {
  it('take and return float32, and compute nearly the same loss, prompt and momentum', async () => {
    const whole = await run(graph => graph);
    const half = await run(halfPrecision);
    expect(half.outputs.map(({ type }) => type)).toEqual(whole.outputs.map(() => 'float32'));
    expect(whole.outputs).toHaveLength(3);
    whole.outputs.forEach(({ data }, i) => {
      const other = half.outputs[i]!.data as Float32Array;
      (data as Float32Array).forEach((value, j) => {
        expect(Math.abs(value - other[j]!)).toBeLessThan(5e-3 * Math.max(1, Math.abs(value)));
      });
    });
    expect(half.outputs.map(({ data }) => [...(data as Float32Array)])).not.toEqual(
      whole.outputs.map(({ data }) => [...(data as Float32Array)]),
    );
  });

  it('leave norms, loss and the update in float32', async () => {
    const { graph } = await run(halfPrecision);
    const halves = graph.nodes.filter(({ op, outputs }) => op !== 'Cast' && outputs[0]!.endsWith('_half'));
    const operators = new Set(halves.map(({ op }) => op));
    for (const op of ['MatMul', 'FusedMatMul', 'Softmax', 'QuickGelu']) expect(operators).toContain(op);
    for (const op of ['LayerNormalization', 'ReduceSum', 'ReduceMean']) expect(operators).not.toContain(op);
    const variables = graph.inputs.map(({ name }) => name);
    const narrowed = graph.nodes.filter(({ op, inputs }) => op === 'Cast' && variables.includes(inputs[0]!));
    expect(narrowed).toEqual([]);
  });
});

it("leaves the CPU's graph unchanged", async () => {
  const given: Graph[] = [];
  const { graph } = await run(graph => {
    given.push(graph);
    return graphFor('cpu', 'fp32')(graph, new Map());
  });
  expect(graph).toBe(given[0]);
});

it('is rejected in one sentence on devices without half precision', async () => {
  await expect(useDevice({ precision: 'fp16' })).rejects.toThrow(/^Precision 'fp16' is for GPUs: .*\.$/);
});
