import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, layerNorm, sgd, useDevice, valueAndGrads } from './index.js';

beforeAll(() => useDevice());

describe('compile', () => {
  it('gives what the function gives eagerly, in nested arrays and objects', async () => {
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

  it('carries variables as state that is read and assigned inside', async () => {
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

  it('trains as the eager program does on tfjs-cpu', async () => {
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
});
