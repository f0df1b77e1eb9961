import * as tf from '@tensorflow/tfjs-core';
import { agrees } from '../../testing/agrees.js';
import {
  all,
  anyShape,
  floats,
  numeric,
  type Op,
  pick,
  random,
  reduction,
  tensor,
  types,
} from '../../testing/random-programs.js';

const ops: Record<string, Op> = {
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
  /** Without NaN: tfjs-cpu orders it as its sort happens to. */
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
};

agrees('reductions', ops);
