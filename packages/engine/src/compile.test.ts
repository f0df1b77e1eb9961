import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from './compile.js';
import { useDevice } from './devices/device.js';
import { layerNorm } from './fused/layer-norm.js';
import { valueAndGrads } from './gradients.js';
import { sgd } from './optim/index.js';

beforeAll(() => useDevice());

describe('compile', () => {
  it('returns what the function returns eagerly, in nested arrays and objects', async () => {
    const fn = (x: tf.Tensor2D, { scale }: { scale: tf.Scalar }) => ({
      sums: [tf.sum(x, 0), tf.mul(tf.sum(x, 1), scale)],
      count: 3,
      x,
    });
    const compiled = compile(fn);
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const result = await compiled(x, { scale: tf.scalar(2) });
    expect(result.sums.map(t => Array.from(t.dataSync()))).toEqual([
      [5, 7, 9],
      [12, 30],
    ]);
    expect(result.count).toBe(3);
    expect(Array.from(result.x.dataSync())).toEqual([1, 2, 3, 4, 5, 6]);
    await compiled.dispose();
  });

  it('merges consecutive reshapes into one, and drops them if they restore the original shape', async () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const there = compile((x: tf.Tensor2D) => tf.reshape(tf.expandDims(tf.reshape(tf.square(x), [6]), 0), [3, 2]));
    const back = compile((x: tf.Tensor2D) => tf.reshape(tf.reshape(tf.square(x), [6]), [2, 3]));
    expect((await there(x)).arraySync()).toEqual([
      [1, 4],
      [9, 16],
      [25, 36],
    ]);
    expect((await back(x)).arraySync()).toEqual([
      [1, 4, 9],
      [16, 25, 36],
    ]);
    expect([there.graphs[0]!.nodes, back.graphs[0]!.nodes]).toEqual([2, 1]);
    await there.dispose();
    await back.dispose();
  });

  it('releases the sessions of calls that have not finished when it is disposed', async () => {
    const twice = compile((x: tf.Tensor) => tf.mul(x, 2));
    const calls = [twice(tf.tensor1d([1])), twice(tf.tensor1d([1, 2]))];
    await twice.dispose();
    expect(twice.size).toBe(0);
    expect((await Promise.all(calls)).map(result => result.dataSync()[0])).toEqual([2, 2]);
    expect((await twice(tf.tensor1d([4]))).dataSync()[0]).toBe(8);
    await twice.dispose();
  });

  it('distinguishes 0 and -0 among its arguments', async () => {
    const quotient = compile((x: tf.Tensor, by: number) => tf.div(x, by));
    const one = tf.scalar(1);
    expect((await quotient(one, 0)).dataSync()[0]).toBe(Number.POSITIVE_INFINITY);
    expect((await quotient(one, -0)).dataSync()[0]).toBe(Number.NEGATIVE_INFINITY);
    await quotient.dispose();
  });

  it('carries variables as state that the function reads and assigns', async () => {
    const counter = tf.variable(tf.scalar(1));
    const untouched = tf.variable(tf.scalar(7));
    const double = compile(() => {
      counter.assign(tf.mul(counter, 2));
      return tf.add(counter, untouched);
    });
    expect((await double()).dataSync()[0]).toBe(9);
    expect((await double()).dataSync()[0]).toBe(11);
    expect(counter.dataSync()[0]).toBe(4);
    expect(untouched.dataSync()[0]).toBe(7);
    untouched.assign(tf.scalar(1));
    expect((await double()).dataSync()[0]).toBe(9);
    await double.dispose();
  });

  it('trains like the eager program on tfjs-cpu', async () => {
    const train = async () => {
      const variables = { weight: tf.variable(tf.fill([3, 2], 0.5)), bias: tf.variable(tf.tensor1d([0, 1])) };
      const update = sgd();
      const gain = tf.ones([3]) as tf.Tensor1D;
      const step = compile((x: tf.Tensor2D, lr: tf.Scalar) => {
        const [loss, gradients] = valueAndGrads(variables, () => {
          const y = tf.add(tf.matMul(layerNorm(x, gain, tf.zerosLike(gain)), variables.weight), variables.bias);
          return tf.mean(tf.square(tf.tanh(y))) as tf.Scalar;
        });
        update(variables, gradients, lr);
        return loss;
      });
      const losses: number[] = [];
      for (let i = 0; i < 4; i++) {
        const loss = await step(tf.tensor2d([1, 5, 3, 2, -4, 6], [2, 3]), tf.scalar(0.1));
        losses.push(loss.dataSync()[0]!);
      }
      return [...losses, ...variables.weight.dataSync(), ...variables.bias.dataSync()];
    };
    const compiled = await train();
    await tf.setBackend('cpu');
    const eager = await train();
    await tf.setBackend('onnxruntime');
    compiled.forEach((value, i) => {
      expect(value).toBeCloseTo(eager[i]!, 5);
    });
    expect(compiled[3]).toBeLessThan(compiled[0]!);
  });

  it('leaves no tensors, data or sessions behind in 1,000 calls', async () => {
    const weight = tf.variable(tf.ones([3, 2]));
    const update = sgd();
    const step = compile(
      (x: tf.Tensor2D, lr: tf.Scalar) => {
        const [loss, gradients] = valueAndGrads(
          { weight },
          () => tf.mean(tf.square(tf.matMul(x, weight))) as tf.Scalar,
        );
        update({ weight }, gradients, lr);
        return { loss, doubled: [tf.mul(x, 2)] };
      },
      { cacheSize: 2 },
    );
    const call = async (rows: number) => {
      const x = tf.ones([rows, 3]) as tf.Tensor2D;
      const lr = tf.scalar(1e-3);
      tf.dispose([await step(x, lr), x, lr]);
    };
    for (const rows of [1, 2, 3]) await call(rows);
    const before = tf.memory();
    const data = tf.backend().numDataIds();
    for (let i = 0; i < 1000; i++) await call(2 + (i % 2));
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(tf.backend().numDataIds()).toBe(data);
    expect(step.size).toBe(2);
    await step.dispose();
    expect(step.size).toBe(0);
  });

  it('throws for a cache without room for the graph in use', () => {
    expect(() => compile((x: tf.Tensor) => tf.neg(x), { cacheSize: 0 })).toThrow(
      'cacheSize is 0; it must be at least 1',
    );
  });

  it('traces once per signature', async () => {
    let traces = 0;
    const fn = compile((x: tf.Tensor, scale: number) => {
      traces++;
      return tf.mul(x, scale);
    });
    await fn(tf.ones([2]), 3);
    expect((await fn(tf.zeros([2]), 3)).dataSync()[0]).toBe(0);
    expect(traces).toBe(1);
    expect((await fn(tf.ones([2]), 4)).dataSync()[0]).toBe(4);
    await fn(tf.ones([3]), 4);
    await fn(tf.ones([3], 'int32'), 4);
    expect(traces).toBe(4);
    await fn.dispose();
  });

  it('keeps the values of a cloned variable intact in the clone', async () => {
    const v = tf.variable(tf.tensor1d([1, 2]));
    const copy = v.clone();
    const fn = compile(() => {
      v.assign(tf.add(v, 1));
    });
    await fn();
    expect([...copy.dataSync(), ...v.dataSync()]).toEqual([1, 2, 2, 3]);
  });

  it('treats frozen tensors from outside as constants, also when reshaped', async () => {
    const frozen = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const fn = compile((x: tf.Tensor2D) => [
      tf.matMul(frozen, x),
      tf.matMul(tf.reshape(frozen, [3, 2]), x, false, true),
    ]);
    const [a, b] = await fn(tf.ones([3, 2]));
    expect(Array.from(a!.dataSync())).toEqual([6, 6, 15, 15]);
    expect(Array.from(b!.dataSync())).toEqual([3, 3, 3, 7, 7, 7, 11, 11, 11]);
  });

  it('respects casts of arguments and of constants', async () => {
    const whole = tf.tensor1d([1, 2, 3], 'int32');
    const truth = tf.tensor1d([1, 0, 1], 'bool');
    const fn = compile((x: tf.Tensor) => [
      tf.div(x, 2),
      tf.mul(tf.cast(whole, 'float32'), 0.5),
      tf.add(whole, 1),
      tf.mul(tf.cast(truth, 'float32'), x),
    ]);
    const results = await fn(tf.cast(whole, 'float32'));
    expect(results.map(t => Array.from(t.dataSync()))).toEqual([
      [0.5, 1, 1.5],
      [0.5, 1, 1.5],
      [2, 3, 4],
      [1, 0, 3],
    ]);
  });

  it('inlines a compiled function called by another', async () => {
    const inner = compile((x: tf.Tensor) => tf.square(x));
    const outer = compile((x: tf.Tensor) => tf.add(inner(x) as unknown as tf.Tensor, 1));
    expect((await outer(tf.scalar(3))).dataSync()[0]).toBe(10);
    expect(inner.size).toBe(0);
  });
});

describe('compile explains what it rejects', () => {
  const fails = (fn: (x: tf.Tensor) => unknown) => expect(compile(fn)(tf.ones([2])));
  it('reading a value while the function is being recorded', async () => {
    const message = /inside compile\(fn\) has no values/;
    await fails(x => tf.mul(x, x.dataSync()[0]!)).rejects.toThrow(message);
    await fails(x => tf.square(x).print()).rejects.toThrow(message);
  });
  it('an op without a recorder, and where to add one', () =>
    fails(x => tf.maxPool(tf.reshape(x, [1, 2, 1, 1]) as tf.Tensor4D, 1, 1, 'same')).rejects.toThrow(
      /op MaxPool .* packages\/engine\/src\/kernels/,
    ));
  it('an async function', () => fails(async x => x).rejects.toThrow(/fn is async/));
  it('a variable initialised with a traced value', () =>
    fails(x => tf.variable(tf.square(x))).rejects.toThrow(/needs an initial value from outside/));
  it('an argument that is neither a tensor nor a plain value', () =>
    expect(compile((d: Date) => tf.scalar(d.getTime()))(new Date())).rejects.toThrow(/takes tensors, numbers/));
  it('a failing function, and leaves variables and backend unchanged', async () => {
    const v = tf.variable(tf.scalar(2));
    await fails(x => {
      v.assign(tf.sum(x));
      throw new Error('half way');
    }).rejects.toThrow('half way');
    expect(v.dataSync()[0]).toBe(2);
    expect(tf.add(v, 1).dataSync()[0]).toBe(3);
  });
  it('a device that is not available', async () => {
    await expect(useDevice({ device: 'coreml' })).rejects.toThrow(/'coreml' is not available: .* has cpu/);
    await expect(useDevice({ threads: -1 })).rejects.toThrow(/threads must be/);
  });
  it('a device with a backend that would ignore it, and an unknown precision', async () => {
    await expect(useDevice({ device: 'webgpu', backend: 'cpu' })).rejects.toThrow(
      "Device 'webgpu' is one of ONNX Runtime's, which the backend 'cpu' ignores: leave out device or backend.",
    );
    await expect(useDevice({ precision: 'fp8' as 'fp16' })).rejects.toThrow(
      "There is no precision 'fp8'. Precisions: fp32, fp16, int8.",
    );
  });
});
