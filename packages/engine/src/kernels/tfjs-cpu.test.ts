import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../compile.js';
import { useDevice } from '../devices/device.js';
import { backend, device } from '../testing/parity.js';

const compiled = async (fn: (...inputs: tf.Tensor[]) => tf.Tensor, ...inputs: tf.Tensor[]): Promise<number[]> => {
  const graph = compile(fn);
  try {
    return Array.from((await graph(...inputs)).dataSync());
  } finally {
    await graph.dispose();
  }
};

const here = describe.skipIf(backend === 'tensorflow' || device !== 'cpu');
beforeAll(() => useDevice());

here('NaN in a compiled function', () => {
  const x = tf.tensor1d([1, Number.NaN, 3, -2]);
  it('counts as the largest and as the smallest value', async () => {
    expect(await compiled(x => tf.max(x!), x)).toEqual([Number.NaN]);
    expect(await compiled(x => tf.min(x!), x)).toEqual([Number.NaN]);
  });
  it('has no position, unless it comes first', async () => {
    expect(await compiled(x => tf.argMax(x!), x)).toEqual([2]);
    expect(await compiled(x => tf.argMin(x!), x)).toEqual([3]);
    expect(await compiled(x => tf.argMax(x!), tf.reverse(tf.tensor1d([5, 7, Number.NaN])))).toEqual([0]);
  });
  it('has the sign 0', async () => expect(await compiled(x => tf.sign(x!), x)).toEqual([1, 0, 1, -1]));
  it('is 0 as an integer', async () =>
    expect(await compiled(x => tf.cast(x!, 'int32'), tf.tensor1d([Number.NaN, Infinity, 3e9]))).toEqual([
      0, 0, -1294967296,
    ]));
});

here('indices in a compiled function', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const at = (...indices: number[]) => tf.tensor1d(indices, 'int32');
  it('are rejected below 0 and past the end, as arguments and as constants', async () => {
    for (const index of [-1, 3]) {
      const wrong = /GatherV2: .*(-1|3).* is not in \[0, 2\]$/;
      await expect(compiled((x, i) => tf.gather(x!, i!), x, at(0, index))).rejects.toThrow(wrong);
      await expect(compiled(x => tf.gather(x!, at(0, index)), x)).rejects.toThrow(wrong);
      await expect(
        compiled((x, i) => tf.gatherND(x!, i!), x, tf.tensor2d([[index]], [1, 1], 'int32')),
      ).rejects.toThrow();
    }
  });
  it('drop rows that belong to no segment', async () => {
    const sum = (x?: tf.Tensor, ids?: tf.Tensor) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, 2);
    expect(await compiled(sum, x, at(-1, 1, 5))).toEqual([0, 2]);
    expect(await compiled(x => sum(x, at(-1, 1, 5)), x)).toEqual([0, 2]);
  });
});

here('a compiled function rejects', () => {
  const matrix = tf.ones([2, 3]);
  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['a slice that ends outside', x => tf.slice(x as tf.Tensor2D, [0, 1], [2, 3])],
    ['a stack of different shapes', x => tf.stack([x, tf.transpose(x)])],
    ['a concat of different shapes', x => tf.concat([x, tf.transpose(x)])],
    ['matMul with a vector', x => tf.matMul(x as tf.Tensor2D, tf.tensor([1, 2, 3]) as tf.Tensor2D)],
    ['matMul of different inner shapes', x => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)],
    ['a reshape to another number of elements', x => tf.reshape(x, [5])],
    ['a sum of shapes that do not broadcast', x => tf.add(x, tf.ones([2]))],
  ])("%s, with tfjs-cpu's message", async (_, fn) => {
    await tf.setBackend('cpu');
    let expected = '';
    try {
      fn(matrix);
    } catch (error) {
      expected = (error as Error).message;
    }
    await useDevice();
    expect(expected).not.toBe('');
    const said = await compiled(x => fn(x!), matrix).catch(error => error);
    expect(said).toBeInstanceOf(Error);
    expect(said.message.slice(0, 25)).toBe(expected.slice(0, 25));
  });
  it('integers where ONNX supports only floating-point numbers, and suggests the cast', async () => {
    const whole = tf.ones([2, 2], 'int32') as tf.Tensor2D;
    const ops = { exp: tf.exp, round: tf.round, matMul: (x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, whole) };
    for (const [name, fn] of Object.entries(ops))
      await expect(compiled(x => fn(x!), whole)).rejects.toThrow(
        `tf.${name} of type int32 cannot be compiled: cast its input to float32 with tf.cast(x, 'float32').`,
      );
  });
});

here('empty tensors in a compiled function', () => {
  it('can be summed, multiplied and concatenated', async () => {
    const empty = tf.zeros([0, 3]);
    expect(await compiled(x => tf.sum(x!, 0), empty)).toEqual([0, 0, 0]);
    expect(await compiled(x => tf.matMul(x as tf.Tensor2D, tf.ones([3, 2])), empty)).toEqual([]);
    expect(await compiled(x => tf.concat([x!, tf.ones([1, 3])]), empty)).toEqual([1, 1, 1]);
  });
  it('may be the only input', async () => {
    const graph = compile((x: tf.Tensor) => ({ parts: tf.unstack(x), count: 3 }));
    expect(await graph(tf.zeros([0, 3]))).toEqual({ parts: [], count: 3 });
    await graph.dispose();
  });
});
