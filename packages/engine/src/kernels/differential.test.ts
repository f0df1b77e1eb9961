import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../random.js';
import { asGraph, type Case, difference, onCpu } from '../testing/differential.js';
import { backend, device } from '../testing/parity.js';

type Type = 'float32' | 'int32' | 'bool';
type Inputs = tf.Tensor[];

const times = Number(process.env.DGPROMPT_DIFFERENTIAL ?? 12);
const random = seededRandom(19);
const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!;

const special = {
  float32: [
    Number.NaN,
    Infinity,
    -Infinity,
    -0,
    0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    1e-7,
    -1e-7,
    1e-12,
    3e9,
    -3e9,
    88,
    -104,
    1e20,
  ],
  int32: [0, 1, -1, 2, -2, 7, 2 ** 31 - 1, -(2 ** 31), 46341, 65536],
  bool: [0, 1],
};

/** Those that float32 adds, or holds at all, as JavaScript's double precision does. */
const moderate = (value: number) => !Number.isFinite(value) || Math.abs(value) < 2 ** 17;

/** Numbers of a type: everyday ones, and in `wild` tensors a few that are not. */
function numbers(size: number, type: Type, wild: boolean | 'moderate'): number[] {
  const values = wild === 'moderate' ? special[type].filter(moderate) : special[type];
  const everyday = () =>
    type === 'float32' ? 4 * random.next() - 2 : type === 'int32' ? random.integer(9) - 4 : random.integer(2);
  return Array.from({ length: size }, () => (wild && random.next() < 0.4 ? pick<number>(values) : everyday()));
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const dims = () => pick([1, 1, 2, 2, 3, 3, 4, 5, 5, 9, 17, random.next() < 0.3 ? 0 : 2]);
const anyShape = (rank = random.integer(5)) => Array.from({ length: rank }, dims);
const tensor = (shape: readonly number[], type: Type, wild: boolean | 'moderate' = random.next() < 0.7) =>
  tf.tensor(numbers(sizeOf(shape), type, wild), [...shape], type);
const indices = (shape: readonly number[], low: number, high: number) =>
  tf.tensor(
    Array.from({ length: sizeOf(shape) }, () => low + random.integer(Math.max(1, high - low))),
    [...shape],
    'int32',
  );

/** A shape that broadcasts against another, or, seldom, does not. */
const against = (shape: readonly number[]) =>
  shape.map(n => (random.next() < 0.3 ? 1 : random.next() < 0.03 ? n + 1 : n)).slice(random.next() < 0.3 ? 1 : 0);

interface Op {
  /** Inputs and the program. */
  readonly make: () => { inputs: Inputs; run: Case['run'] };
  readonly tolerance?: number;
}

const types =
  (...names: Type[]) =>
  () =>
    pick(names);
const all = types('float32', 'float32', 'int32', 'bool');

const unary = (fn: (x: tf.Tensor) => tf.Tensor | tf.Tensor[], type = all): Op => ({
  make: () => ({ inputs: [tensor(anyShape(), type())], run: x => fn(x!) }),
});
const binary = (fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, type = all): Op => ({
  make: () => {
    const shape = anyShape();
    const [a, b] = [type(), type()];
    const wild = a === b ? undefined : 'moderate'; // tfjs-cpu casts integers without rounding them to floats
    const inputs = [tensor(shape, a, wild), tensor(against(shape), b, wild)];
    return { inputs: random.next() < 0.5 ? inputs : inputs.reverse(), run: (a, b) => fn(a!, b!) };
  },
});
const reduction = (
  fn: (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor,
  type = all,
  wild?: 'moderate',
): Op => ({
  make: () => {
    const shape = anyShape(1 + random.integer(4));
    const axis = pick([undefined, 0, -1, shape.length - 1, [...shape.keys()].filter(() => random.next() < 0.5)]);
    const keep = random.next() < 0.5;
    return { inputs: [tensor(shape, type(), wild)], run: x => fn(x!, axis, keep) };
  },
});

const floats = types('float32');
const numeric = types('float32', 'int32');

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
  'sum of floats': reduction(tf.sum, floats, 'moderate'),
  'sum of others': reduction(tf.sum, types('int32', 'bool')),
  mean: reduction(tf.mean, all, 'moderate'),
  max: reduction(tf.max),
  min: reduction(tf.min),
  prod: reduction(tf.prod),
  all: reduction(tf.all, types('bool')),
  any: reduction(tf.any, types('bool')),
  logSumExp: reduction(tf.logSumExp, floats),
  argMax: { make: () => ({ inputs: [tensor(anyShape(1 + random.integer(3)), all())], run: x => tf.argMax(x!, -1) }) },
  'argMax, first axis': { make: () => ({ inputs: [tensor(anyShape(3), all())], run: x => tf.argMax(x!, 0) }) },
  argMin: { make: () => ({ inputs: [tensor(anyShape(1 + random.integer(3)), all())], run: x => tf.argMin(x!, -1) }) },
  'argMin, middle axis': { make: () => ({ inputs: [tensor(anyShape(3), all())], run: x => tf.argMin(x!, 1) }) },
  /** tfjs-cpu's order of what is not a number is that of its sort. */
  topk: {
    make: () => {
      const shape = [...anyShape(random.integer(3)), 2 + random.integer(6)];
      const k = random.integer(shape.at(-1)! + 2);
      const ordered = tf.maximum(tensor(shape, pick(['float32', 'int32'] as const), false), -9);
      return { inputs: [ordered], run: x => Object.values(tf.topk(x!, k)) as tf.Tensor[] };
    },
  },
  cumsum: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const [axis, exclusive, reverse] = [random.integer(shape.length), random.next() < 0.5, random.next() < 0.5];
      return { inputs: [tensor(shape, numeric())], run: x => tf.cumsum(x!, axis, exclusive, reverse) };
    },
  },
  softmax: { make: () => ({ inputs: [tensor(anyShape(1 + random.integer(3)), 'float32')], run: x => tf.softmax(x!) }) },
  logSoftmax: {
    make: () => ({ inputs: [tensor(anyShape(1 + random.integer(3)), 'float32')], run: x => tf.logSoftmax(x!) }),
  },
  reshape: {
    make: () => {
      const shape = anyShape();
      const to = pick([[sizeOf(shape)], [-1], [1, sizeOf(shape)], [...shape].reverse(), [sizeOf(shape) + 1], [2, -1]]);
      return { inputs: [tensor(shape, all())], run: x => tf.reshape(x!, to) };
    },
  },
  expandDims: {
    make: () => {
      const shape = anyShape();
      const axis = random.integer(2 * shape.length + 4) - shape.length - 2;
      return { inputs: [tensor(shape, all())], run: x => tf.expandDims(x!, axis) };
    },
  },
  transpose: {
    make: () => {
      const shape = anyShape();
      const perm = pick([undefined, [...shape.keys()].reverse(), [0, 0, 1], [1, 2, 0]]);
      return { inputs: [tensor(shape, all())], run: x => tf.transpose(x!, perm) };
    },
  },
  concat: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const axis = random.integer(shape.length);
      const part = () => shape.map((n, i) => (i === axis || random.next() < 0.05 ? dims() : n));
      return { inputs: [1, 2, 3].map(() => tensor(part(), all())), run: (...xs) => tf.concat(xs, axis) };
    },
  },
  stack: {
    make: () => {
      const shape = anyShape(random.integer(3));
      const axis = random.integer(shape.length + 1);
      const part = () => (random.next() < 0.1 ? anyShape(shape.length) : shape);
      const type = all();
      const inputs = [1, 2].map(() => tensor(part(), random.next() < 0.1 ? all() : type));
      return { inputs, run: (...xs) => tf.stack(xs, axis) };
    },
  },
  unstack: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const axis = random.integer(shape.length + 1) - 1;
      return { inputs: [tensor(shape, all())], run: x => tf.unstack(x!, axis) };
    },
  },
  slice: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const begin = shape.map(n => random.integer(n + 1) - (random.next() < 0.05 ? 1 : 0));
      const size = shape.map((n, i) =>
        random.next() < 0.2 ? -1 : random.integer(n - begin[i]! + (random.next() < 0.1 ? 3 : 1)),
      );
      return { inputs: [tensor(shape, all())], run: x => tf.slice(x!, begin, size) };
    },
  },
  stridedSlice: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const bound = () => shape.map(n => random.integer(2 * n + 3) - n - 1);
      const [begin, end, strides] = [bound(), bound(), shape.map(() => pick([1, 1, 2, -1, -2]))];
      const mask = () => (random.next() < 0.3 ? random.integer(2 ** shape.length) : 0);
      const masks = [mask(), mask()];
      const shrink = random.next() < 0.2 ? 1 : 0;
      return {
        inputs: [tensor(shape, all())],
        run: x => tf.stridedSlice(x!, begin, end, strides, masks[0], masks[1], 0, 0, shrink),
      };
    },
  },
  split: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const axis = random.integer(shape.length);
      const parts = pick([1, 2, 3, [1, shape[axis]! - 1], [-1, 1], [shape[axis]!, 1]]);
      return { inputs: [tensor(shape, all())], run: x => tf.split(x!, parts, axis) };
    },
  },
  tile: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const reps = shape.map(() => random.integer(4));
      return { inputs: [tensor(shape, all())], run: x => tf.tile(x!, reps) };
    },
  },
  pad: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const pads = shape.map(() => [random.integer(3), random.integer(3)] as [number, number]);
      const value = pick([0, 1, 0.5, Number.NaN]);
      return { inputs: [tensor(shape, all())], run: x => tf.pad(x!, pads, value) };
    },
  },
  reverse: {
    make: () => {
      const shape = anyShape();
      const axis = pick([undefined, [...shape.keys()].filter(() => random.next() < 0.5)]);
      return { inputs: [tensor(shape, all())], run: x => tf.reverse(x!, axis) };
    },
  },
  gather: {
    make: () => {
      const shape = [1, 2, 3].map(() => 1 + random.integer(4)).slice(random.integer(3));
      const axis = random.integer(shape.length);
      const wrong = random.next() < 0.25 ? 1 : 0;
      const inputs = [tensor(shape, all()), indices(anyShape(random.integer(3)), -wrong, shape[axis]! + wrong)];
      return { inputs, run: (x, i) => tf.gather(x!, i!, axis) };
    },
  },
  'gather in batches': {
    make: () => {
      const shape = [1, 2, 3].map(() => 1 + random.integer(4)).slice(random.integer(2));
      const axis = 1 + random.integer(shape.length - 1);
      const wrong = random.next() < 0.2 ? 1 : 0;
      const inputs = [tensor(shape, all()), indices([shape[0]!, ...anyShape(random.integer(3))], -wrong, shape[axis]!)];
      return { inputs, run: (x, i) => tf.gather(x!, i!, axis, 1) };
    },
  },
  gatherND: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const depth = 1 + random.integer(shape.length);
      const wrong = random.next() < 0.3 ? 1 : 0;
      const inputs = [
        tensor(shape, all()),
        indices([...anyShape(random.integer(2)), depth], -wrong, Math.min(...shape)),
      ];
      return { inputs, run: (x, i) => tf.gatherND(x!, i!) };
    },
  },
  /** Without what is not finite: tfjs-cpu multiplies it by the zeros of all other segments. */
  unsortedSegmentSum: {
    make: () => {
      const shape = anyShape(1 + random.integer(3));
      const inputs = [tensor(shape, numeric(), false), indices([shape[0]!], -2, 6)];
      return { inputs, run: (x, ids) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, 4) };
    },
  },
  oneHot: {
    make: () => {
      const type = pick(['int32', 'float32', 'bool'] as const);
      return { inputs: [indices(anyShape(random.integer(3)), -2, 7)], run: i => tf.oneHot(i!, 4, 1, 0, type) };
    },
  },
  'zerosLike, onesLike, fill': unary(x => [tf.zerosLike(x), tf.onesLike(x), tf.fill(x.shape, 7, 'int32')]),
  matMul: {
    make: () => {
      const batch = anyShape(random.integer(3));
      const [m, k, n] = [dims(), dims(), dims()] as [number, number, number];
      const [turnA, turnB] = [random.next() < 0.5, random.next() < 0.5];
      const type = random.next() < 0.1 ? 'int32' : 'float32';
      const inner = random.next() < 0.1 ? k + 1 : k;
      const a = [...batch, ...(turnA ? [k, m] : [m, k])];
      const b = [...batch, ...(turnB ? [n, inner] : [inner, n])];
      const inputs = [a, b].map(shape => tensor(random.next() < 0.1 ? [k] : shape, type, 'moderate'));
      return { inputs, run: (x, y) => tf.matMul(x!, y!, turnA, turnB) };
    },
  },
  conv2d: {
    make: () => {
      const [channels, out] = [1 + random.integer(3), 1 + random.integer(3)];
      const filter = pick([1, 2, 3]);
      const pad = pick(['same', 'valid', 0, 1] as const);
      const stride = pick([1, 2]);
      const inputs = [
        tensor([1 + random.integer(2), 3 + random.integer(4), 3 + random.integer(4), channels], 'float32', false),
        tensor([filter, filter, random.next() < 0.1 ? channels + 1 : channels, out], 'float32', false),
      ];
      return {
        inputs,
        run: (x, f) =>
          tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, pad, 'NHWC', 1, pad === 1 ? 'floor' : undefined),
      };
    },
  },
  depthwiseConv2d: {
    make: () => {
      const [channels, filter] = [1 + random.integer(3), pick([1, 2, 3])];
      const [pad, stride] = [pick(['same', 'valid'] as const), pick([1, 2])];
      const inputs = [
        tensor([1, 3 + random.integer(4), 3 + random.integer(4), channels], 'float32', false),
        tensor([filter, filter, channels, 1 + random.integer(2)], 'float32', false),
      ];
      return { inputs, run: (x, f) => tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, pad) };
    },
  },
  avgPool: {
    make: () => {
      const [size, stride, pad] = [pick([1, 2, 3]), pick([1, 2]), pick(['same', 'valid', 0, 1, 2] as const)];
      const rounding = typeof pad === 'number' ? pick(['floor', 'ceil', 'round'] as const) : undefined;
      const inputs = [tensor([1, 3 + random.integer(4), 3 + random.integer(4), 2], 'float32', 'moderate')];
      return { inputs, run: x => tf.avgPool(x as tf.Tensor4D, size, stride, pad, rounding) };
    },
  },
};

describe.skipIf(backend === 'tensorflow' || device !== 'cpu')(
  'a compiled op gives what tfjs-cpu gives, or refuses',
  () => {
    for (const [name, { make, tolerance = 1e-5 }] of Object.entries(ops)) {
      it(name, async () => {
        const wrong: string[] = [];
        for (let i = 0; i < times; i++) {
          const { inputs, run } = make();
          const isConstant = inputs.map((_, j) => inputs.length > 1 && j !== i % inputs.length && random.next() < 0.3);
          const one = { inputs, run, isConstant };
          const described = inputs.map(x => `${x.dtype} [${x.shape}]`).join(', ');
          const values = inputs.map(x => Array.from(x.dataSync()).slice(0, 24).join(' '));
          const different = difference(await onCpu(one), await asGraph(one), tolerance);
          if (different)
            wrong.push(
              `${name} of ${described} ${different}${process.env.SHOW ? ` (${values.join(' | ')}) ${run}` : ''}`,
            );
        }
        expect(wrong).toEqual([]);
      });
    }
  },
);
