import * as tf from '@tensorflow/tfjs-core';
import { agrees } from '../../testing/agrees.js';
import {
  all,
  anyShape,
  indices,
  numeric,
  type Op,
  pick,
  random,
  tensor,
  unary,
} from '../../testing/random-programs.js';

const ops: Record<string, Op> = {
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
  /** Finite values only: tfjs-cpu multiplies each by the zeros of all other segments. */
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
};

agrees('indexing', ops);
