import * as tf from '@tensorflow/tfjs-core';
import { agrees } from '../../testing/agrees.js';
import {
  against,
  all,
  anyShape,
  binary,
  floats,
  numeric,
  type Op,
  pick,
  tensor,
  types,
  unary,
} from '../../testing/random-programs.js';

const ops: Record<string, Op> = {
  abs: unary(tf.abs, floats),
  ceil: unary(tf.ceil),
  clipByValue: {
    make: () => {
      const [low, high] = [pick([-Infinity, -1.5, 0, 0.5]), pick([Infinity, 0.5, 1.5, 3])];
      return { inputs: [tensor(anyShape(), numeric())], run: x => tf.clipByValue(x!, low, high) };
    },
  },
  cos: unary(x => tf.cos(tf.clipByValue(x, -1e4, 1e4)), floats),
  erf: unary(tf.erf),
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  floor: unary(tf.floor),
  isNaN: unary(tf.isNaN),
  leakyRelu: unary(x => tf.leakyRelu(x, 0.3)),
  log: unary(tf.log),
  log1p: unary(tf.log1p),
  neg: unary(tf.neg),
  reciprocal: unary(tf.reciprocal),
  relu: unary(tf.relu),
  round: unary(tf.round),
  rsqrt: unary(tf.rsqrt),
  sigmoid: unary(tf.sigmoid),
  sign: unary(tf.sign),
  sin: unary(x => tf.sin(tf.clipByValue(x, -1e4, 1e4)), floats),
  softplus: unary(tf.softplus),
  sqrt: unary(tf.sqrt),
  square: unary(tf.square, floats),
  step: unary(x => tf.step(x, 0.25), floats),
  tanh: unary(tf.tanh),
  clone: unary(tf.clone),
  cast: unary(x => (['float32', 'int32', 'bool'] as const).map(type => tf.cast(x, type))),
  add: binary(tf.add),
  sub: binary(tf.sub),
  mul: binary(tf.mul),
  div: binary(tf.div),
  maximum: binary(tf.maximum),
  minimum: binary(tf.minimum),
  pow: binary(tf.pow),
  mod: binary(tf.mod),
  floorDiv: binary(tf.floorDiv),
  squaredDifference: binary(tf.squaredDifference),
  equal: binary(tf.equal),
  notEqual: binary(tf.notEqual),
  greater: binary(tf.greater),
  greaterEqual: binary(tf.greaterEqual),
  less: binary(tf.less),
  lessEqual: binary(tf.lessEqual),
  logicalAnd: binary(tf.logicalAnd, types('bool')),
  logicalOr: binary(tf.logicalOr, types('bool')),
  logicalNot: unary(tf.logicalNot, types('bool')),
  addN: {
    make: () => {
      const shape = anyShape();
      const type = all();
      return { inputs: [1, 2, 3].map(() => tensor(shape, type)), run: (...xs) => tf.addN(xs) };
    },
  },
  where: {
    make: () => {
      const shape = anyShape();
      const inputs = [tensor(against(shape), 'bool'), tensor(shape, all()), tensor(against(shape), all())];
      return { inputs, run: (c, a, b) => tf.where(c!, a!, b!) };
    },
  },
};

agrees('element by element', ops);
