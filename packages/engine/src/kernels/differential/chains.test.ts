import * as tf from '@tensorflow/tfjs-core';
import { agrees } from '../../testing/agrees.js';
import { anyShape, type Op, pick, random, tensor } from '../../testing/random-programs.js';

type Step = (x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** Steps that ONNX Runtime may fuse with their neighbours, none of which amplifies rounding errors. */
const steps: Step[] = [
  x => tf.relu(x),
  x => tf.abs(x),
  x => tf.neg(x),
  x => tf.tanh(x),
  x => tf.sigmoid(x),
  x => tf.softplus(x),
  x => tf.erf(x),
  x => tf.clipByValue(x, -1.5, 2),
  x => tf.clipByValue(x, 0, 6),
  x => tf.leakyRelu(x, 0.2),
  x => tf.mul(x, tf.sigmoid(x)),
  x => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
  x => tf.sqrt(tf.abs(x)),
  x => tf.square(tf.tanh(x)),
  x => tf.softmax(x),
  x => tf.logSoftmax(x),
  x => tf.max(x, -1, true),
  x => tf.min(x, 0, true),
  x => tf.mean(tf.tanh(x), -1, true),
  x => tf.transpose(tf.transpose(x)),
  x => tf.reshape(tf.reshape(x, [-1]), x.shape),
  x => tf.concat([x, x], 0),
  x => tf.where(tf.isNaN(x), tf.onesLike(x), x),
  (x, y) => tf.add(x, y),
  (x, y) => tf.sub(x, y),
  (x, y) => tf.mul(tf.tanh(x), y),
  (x, y) => tf.maximum(x, y),
  (x, y) => tf.minimum(x, y),
];

const chain: Op = {
  make: () => {
    const shape = anyShape(2).map(n => Math.max(1, n));
    const chosen = Array.from({ length: 2 + random.integer(5) }, () => pick(steps));
    const y = tensor([1], 'float32', 'moderate');
    return {
      inputs: [tensor(shape, 'float32', 'moderate'), y],
      run: (x, y) => chosen.reduce((value, step) => step(value, y!), x!),
    };
  },
  tolerance: 1e-3,
};

agrees('chains of ops', { 'several ops': chain });
