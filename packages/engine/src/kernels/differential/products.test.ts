import * as tf from '@tensorflow/tfjs-core';
import { agrees } from '../../testing/agrees.js';
import { anyShape, dims, type Op, pick, random, tensor } from '../../testing/random-programs.js';

const ops: Record<string, Op> = {
  matMul: {
    tolerance: 1e-4,
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
  /** Filters are finite: ONNX multiplies them by the zeros around the image, whereas tfjs skips these. */
  conv2d: {
    tolerance: 1e-4,
    make: () => {
      const [channels, out] = [1 + random.integer(3), 1 + random.integer(3)];
      const filter = pick([1, 2, 3]);
      const pad = pick(['same', 'valid', 0, 1] as const);
      const stride = pick([1, 2]);
      const inputs = [
        tensor([1 + random.integer(2), 3 + random.integer(4), 3 + random.integer(4), channels], 'float32', 'moderate'),
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
    tolerance: 1e-4,
    make: () => {
      const [channels, filter] = [1 + random.integer(3), pick([1, 2, 3])];
      const [pad, stride] = [pick(['same', 'valid'] as const), pick([1, 2])];
      const inputs = [
        tensor([1, 3 + random.integer(4), 3 + random.integer(4), channels], 'float32', 'moderate'),
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

agrees('products, convolutions and pools', ops);
