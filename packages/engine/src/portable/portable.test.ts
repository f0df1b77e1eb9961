import * as tf from '@tensorflow/tfjs-core';
import onnxProto from 'onnx-proto';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { useDevice } from '../devices/device.js';
import { quantise } from '../int8/quantise.js';
import { seededRandom } from '../random.js';
import { foldConstants } from './fold-constants.js';
import { graphBuilder } from './graph-builder.js';
import { decodePortable, encodePortable, type PortableGraph } from './portable-graph.js';
import { recordPortable } from './record-portable.js';
import { withPrecision } from './weight-precision.js';

beforeAll(() => useDevice());

const facts = { name: 'test', description: 'a test', version: '1.2.3', metadata: { classes: '["a"]' } };

async function run(graph: PortableGraph, x: number[]): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(encodePortable(graph, facts));
  const feeds = { [graph.inputs[0]!.name]: new ort.Tensor('float32', Float32Array.from(x), [1, x.length]) };
  const outputs = await session.run(feeds);
  await session.release();
  return outputs[graph.outputs[0]!.name]!.data as Float32Array;
}

const values = (graph: PortableGraph) => [...graph.constants.values()];

describe('a recorded function as a self-contained graph', () => {
  it('has variables as constants, with their values at the time of recording', async () => {
    const weight = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
    const graph = recordPortable((x: tf.Tensor2D) => tf.matMul(x, weight), [tf.zeros<tf.Rank.R2>([1, 2])]);
    weight.assign(tf.zeros([2, 2]));
    expect(graph.inputs.map(({ shape }) => shape)).toEqual([[1, 2]]);
    expect([...(await run(graph, [1, 10]))]).toEqual([31, 42]);
    weight.dispose();
  });

  it('is rejected if the function assigns a variable', () => {
    const count = tf.variable(tf.scalar(0));
    const fn = (x: tf.Tensor) => {
      count.assign(tf.sum(x));
      return x;
    };
    expect(() => recordPortable(fn, [tf.zeros([2])])).toThrow(/assigns variables/);
    count.dispose();
  });
});

describe('folding', () => {
  it('precomputes what depends on no input, without changing results', async () => {
    const [a, b] = [seededRandom(1), seededRandom(2)].map(random => tf.variable(random.normal([4, 4], 1)));
    const fn = (x: tf.Tensor2D) => tf.matMul(x, tf.relu(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)));
    const graph = recordPortable(fn, [tf.zeros<tf.Rank.R2>([1, 4])]);
    const folded = await foldConstants(graph);
    expect(graph.nodes.length).toBeGreaterThan(1);
    expect(folded.nodes.map(({ op }) => op)).toEqual(['MatMul']);
    expect(values(folded)).toHaveLength(1);
    const x = [1, 2, 3, 4];
    const [before, after] = [await run(graph, x), await run(folded, x)];
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i]!, 5);
    });
  });

  it('does not fold what would make the file larger', async () => {
    const long = tf.variable(tf.ones([512, 1]));
    const wide = tf.variable(tf.ones([1, 512]));
    const fn = (x: tf.Tensor2D) => tf.matMul(x, tf.matMul(long as tf.Tensor2D, wide as tf.Tensor2D));
    const graph = await foldConstants(recordPortable(fn, [tf.zeros<tf.Rank.R2>([1, 512])]));
    expect(values(graph).reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(10_000);
  });
});

describe('weights in fewer bits', () => {
  const bias = Array.from({ length: 64 }, (_, i) => i / 640);
  const graphOf = (matrix: tf.Tensor2D) =>
    recordPortable(
      (x: tf.Tensor2D) => tf.add(tf.matMul(x, matrix), tf.tensor1d(bias)),
      [tf.zeros<tf.Rank.R2>([1, 32])],
    );
  const x = Array.from({ length: 32 }, (_, i) => Math.sin(i));

  it('fp16 rounds each weight to half precision and keeps small constants', async () => {
    const graph = graphOf(seededRandom(3).normal([32, 64], 0.1) as tf.Tensor2D);
    const half = withPrecision(graph, 'fp16');
    expect(
      values(half)
        .map(({ dtype }) => dtype)
        .sort(),
    ).toEqual(['float16', 'float32']);
    const [before, after] = [await run(graph, x), await run(half, x)];
    after.forEach((value, i) => {
      expect(Math.abs(value - before[i]!)).toBeLessThan(2e-3);
    });
    expect(after).not.toEqual(before);
  });

  it('int8 has a scale for each output channel, so that a small one is not lost next to a large one', async () => {
    const scales = tf.tensor2d(
      Array.from({ length: 64 }, (_, i) => 10 ** (i % 5)),
      [1, 64],
    );
    const graph = graphOf(tf.mul(seededRandom(4).normal([32, 64], 0.1), scales) as tf.Tensor2D);
    const bytes = withPrecision(graph, 'int8');
    expect(
      values(bytes)
        .map(({ dtype, shape }) => [dtype, shape.join()])
        .sort(),
    ).toEqual([
      ['float32', '64'],
      ['float32', '64'],
      ['int8', '32,64'],
    ]);
    const [before, after] = [await run(graph, x), await run(bytes, x)];
    after.forEach((value, i) => {
      expect(Math.abs(value - before[i]!)).toBeLessThan(0.02 * 10 ** (i % 5));
    });
  });

  it('int8 finds the output channels of a factor that is read transposed, and quantises it like int8 towers', () => {
    const matrix = seededRandom(5).normal([64, 32], 0.1) as tf.Tensor2D;
    const product = (x: tf.Tensor2D) => tf.matMul(x, matrix, false, true);
    const bytes = withPrecision(recordPortable(product, [tf.zeros<tf.Rank.R2>([1, 32])]), 'int8');
    const settings = { rows: 64, columns: 32, transposed: true, largest: 127 };
    const right = quantise(matrix.dataSync<'float32'>(), settings); // [32, 64]
    const stored = values(bytes).find(({ dtype }) => dtype === 'int8')!;
    const weights = new Int8Array(new Uint8Array(stored.bytes).buffer); // [64, 32]
    expect(stored.shape).toEqual([64, 32]);
    expect([...weights]).toEqual([...weights].map((_, i) => right.values[(i % 32) * 64 + Math.floor(i / 32)]));
  });
});

it.each(['fp16', 'bf16'] as const)('weights stored as %s are folded to their exact float32 values', async kind => {
  // 1.5, -2, 0.25, and the smallest half, or 0 in bfloat16.
  const bits = kind === 'fp16' ? [0x3e00, 0xc000, 0x3400, 0x0001] : [0x3fc0, 0xc000, 0x3e80, 0x0000];
  const wanted = [1.5, -2, 0.25, kind === 'fp16' ? 2 ** -24 : 0];
  const builder = graphBuilder('part');
  const dtype = kind === 'fp16' ? 'float16' : 'bfloat16';
  builder.constants.set('half', { dtype, shape: [2, 2], bytes: new Uint8Array(Uint16Array.from(bits).buffer) });
  const turned = builder.add('Transpose', [builder.cast('half', 'float32')], { perm: [1, 0] });
  builder.add('MatMul', ['x', turned], {}, 'y');
  const folded = await foldConstants({
    ...{ nodes: builder.nodes, constants: builder.constants },
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1, 2] }],
  });
  expect(folded.nodes.map(({ op }) => op)).toEqual(['MatMul']);
  expect(values(folded).map(({ dtype, shape }) => [dtype, shape.join()])).toEqual([['float32', '2,2']]);
  expect([...(await run(folded, [1, 0]))]).toEqual([wanted[0], wanted[2]]);
  expect([...(await run(folded, [0, 1]))]).toEqual([wanted[1], wanted[3]]);
});

it('facts are written to the file, and weights from another file are read into the graph', async () => {
  const builder = graphBuilder('part');
  builder.add('Add', ['x', builder.constant([1, 2], 'float32')], {}, 'y');
  const graph: PortableGraph = {
    ...{ nodes: builder.nodes, constants: builder.constants },
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [1, 2] }],
  };
  expect([...(await run(graph, [10, 20]))]).toEqual([11, 22]);
  const { onnx } = onnxProto;
  const model = onnx.ModelProto.decode(encodePortable(graph, facts));
  expect(model.producerVersion).toBe('1.2.3');
  expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([['classes', '["a"]']]);
  const [weights] = model.graph!.initializer!;
  const external = { location: 'weights.bin', offset: '4', length: '8' };
  Object.assign(weights!, {
    rawData: new Uint8Array(),
    dataLocation: 1,
    externalData: Object.entries(external).map(([key, value]) => ({ key, value })),
  });
  const file = new Uint8Array(Float32Array.of(9, 5, 7).buffer);
  const again = decodePortable(onnx.ModelProto.encode(model).finish(), (location, offset, length) => {
    expect(location).toBe('weights.bin');
    return file.subarray(offset, offset + length!);
  });
  expect(again.nodes).toEqual(graph.nodes);
  expect([...(await run(again, [10, 20]))]).toEqual([15, 27]);
});
