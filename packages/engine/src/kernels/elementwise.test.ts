import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { backend, device, expectParity, randomInputs } from '../testing/parity.js';

const smooth: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  abs: tf.abs,
  ceil: tf.ceil,
  cos: tf.cos,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  neg: tf.neg,
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  round: tf.round,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  softplus: tf.softplus,
  square: tf.square,
  tanh: tf.tanh,
  leakyRelu: x => tf.leakyRelu(x, 0.1),
  clipByValue: x => tf.clipByValue(x, -0.5, 1.5),
};
const onPositive: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  log: tf.log,
  log1p: tf.log1p,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
};
const binary: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  pow: (a, b) => tf.pow(tf.abs(a), b),
  mod: tf.mod,
  // tfjs-node leaves the quotient of floats a float.
  floorDiv: (a, b) => (backend === 'tensorflow' ? tf.cast(tf.floorDiv(a, b), 'int32') : tf.floorDiv(a, b)),
};
/** WebGPU guarantees sines and cosines only to within 2⁻¹¹. */
const rough = (name: string) => device === 'webgpu' && (name === 'sin' || name === 'cos');
/** ONNX Runtime 1.30's WebGPU fails if both sides of a power are broadcast. */
const fails = (name: string) => device === 'webgpu' && name === 'pow';
/** tfjs's own gradients of these keep the broadcast shape, which its engine then rejects. */
const tfjsDoesNotBroadcastBack = new Set(['maximum', 'minimum', 'squaredDifference']);
const comparisons = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
};

/** TensorFlow orders numbers, but not booleans. */
const ordersBools = backend !== 'tensorflow';

describe('element by element, as on tfjs-cpu', () => {
  const input = randomInputs(1);
  for (const [name, fn] of Object.entries(smooth)) {
    it(name, () => expectParity(x => fn(x!), [input.float(input.shape(3))], { digits: rough(name) ? 3 : 4 }));
  }
  for (const [name, fn] of Object.entries(onPositive)) {
    it(name, () => expectParity(x => fn(x!), [input.positive(input.shape(3))]));
  }
  for (const [name, fn] of Object.entries(binary)) {
    it.skipIf(fails(name))(`${name}, broadcast`, async () => {
      for (let i = 0; i < 6; i++) {
        const shape = input.shape(1 + input.integer(4));
        const whole = tfjsDoesNotBroadcastBack.has(name) && i < 3;
        const [a, b] = [input.float(shape), input.float(whole ? shape : input.broadcastable(shape))];
        const gradients = name !== 'floorDiv' && name !== 'mod' && (whole || !tfjsDoesNotBroadcastBack.has(name));
        await expectParity((x, y) => fn(x!, y!), i % 2 ? [a, b] : [b, a], { gradients });
      }
    });
  }
  for (const name of ['add', 'sub', 'mul', 'maximum', 'minimum', 'squaredDifference'] as const) {
    it(`${name} of integers`, () =>
      expectParity((x, y) => binary[name]!(x!, y!), [input.int([3, 4]), input.int([4])], { gradients: false }));
  }
  it('division and remainder of integers round towards minus infinity', () =>
    expectParity((x, y) => [tf.div(x!, y!), tf.mod(x!, y!)], [input.int([20], -20, 20), input.int([20], 1, 7)], {
      gradients: false,
    }));
  for (const [name, fn] of Object.entries(comparisons)) {
    it(`${name} of every type`, async () => {
      await expectParity((x, y) => fn(x!, y!), [input.int([4, 3], 0, 3), input.int([3], 0, 3)], { gradients: false });
      if (ordersBools || name === 'equal' || name === 'notEqual')
        await expectParity((x, y) => fn(x!, y!), [input.bool([4, 3]), input.bool([3])], { gradients: false });
      await expectParity((x, y) => fn(x!, y!), [input.float([4, 1]), input.float([3])], { gradients: false });
    });
  }
  it('and, or, not', () =>
    expectParity(
      (x, y) => [tf.logicalAnd(x!, y!), tf.logicalOr(x!, y!), tf.logicalNot(x!)],
      [input.bool([3, 4]), input.bool([4])],
      {
        gradients: false,
      },
    ));
  it('where', async () => {
    await expectParity(
      (c, x, y) => tf.where(c!, x!, y!),
      [input.bool([3, 4]), input.float([3, 4]), input.float([3, 4])],
    );
    await expectParity((c, x, y) => tf.where(c!, x!, y!), [input.bool([6]), input.bool([6]), input.bool([6])], {
      gradients: false,
    });
  });
  it('where, with a condition that is broadcast', async () => {
    const shapes: [number[], number[], number[]][] = [
      [
        [3, 1],
        [3, 4],
        [3, 4],
      ],
      [[1, 4], [3, 1], [4]],
      [[4], [2, 3, 4], [3, 1]],
      [[], [3, 4], [3, 4]],
    ];
    for (const [condition, x, y] of shapes)
      await expectParity((c, a, b) => tf.where(c!, a!, b!), [input.bool(condition), input.float(x), input.float(y)]);
  });
  it('casts between all types', () =>
    expectParity(
      (x, i, b) => [x!, i!, b!].flatMap(t => (['float32', 'int32', 'bool'] as const).map(d => tf.cast(t, d))),
      [input.float([5]), input.int([5]), input.bool([5])],
      { gradients: false },
    ));
  it('step keeps NaN', () =>
    expectParity(x => tf.step(x!, 0.3), [tf.tensor([-1, 0, 2, Number.NaN])], { gradients: false }));
  it('addN and isNaN', () =>
    expectParity((x, y) => [tf.addN([x!, y!, x!]), tf.isNaN(x!)], [input.float([2, 3]), input.float([2, 3])], {
      gradients: false,
    }));
});
