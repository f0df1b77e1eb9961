import * as tf from '@tensorflow/tfjs-core';
import { agrees } from '../../testing/agrees.js';
import { all, anyShape, dims, type Op, pick, random, sizeOf, tensor } from '../../testing/random-programs.js';

const ops: Record<string, Op> = {
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
};

agrees('changes of shape', ops);
