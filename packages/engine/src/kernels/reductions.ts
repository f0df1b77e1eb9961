import * as tf from '@tensorflow/tfjs';
import type { OnnxBackend } from '../backend/backend.js';
import { castName } from './elementwise.js';
import type { KernelTable, Recorder } from './kernel.js';

function reducedShape(x: tf.TensorInfo, axis: number | number[], keepDims?: boolean) {
  const axes = tf.util.parseAxisParam(axis, x.shape);
  const [shape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes);
  return { axes, shape: keepDims ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape };
}

function reduce(
  backend: OnnxBackend,
  op: string,
  name: string,
  x: tf.TensorInfo,
  { axis, keepDims }: { axis: number | number[]; keepDims?: boolean },
): { name: string; shape: number[] } {
  const { axes, shape } = reducedShape(x, axis, keepDims);
  if (axes.length === 0) return { name, shape };
  return { name: backend.node(op, [name, backend.int64(axes)], { keepdims: keepDims ? 1 : 0 }), shape };
}

const numeric =
  (op: string): Recorder =>
  (backend, { x }, attributes) => {
    const { name, shape } = reduce(backend, op, backend.nameOf(x), x, attributes);
    return backend.symbolic(name, shape, x.dtype);
  };

/** All and Any: the smallest, the largest truth value. */
const truth =
  (op: string): Recorder =>
  (backend, { x }, attributes) => {
    const { name, shape } = reduce(backend, op, castName(backend, backend.nameOf(x), 'int32'), x, attributes);
    return backend.symbolic(castName(backend, name, 'bool'), shape, 'bool');
  };

const argument =
  (op: string): Recorder =>
  (backend, { x }, { axis }) => {
    const { axes, shape } = reducedShape(x, axis);
    const index = backend.node(op, [backend.nameOf(x)], { axis: axes[0]!, keepdims: 0 });
    return backend.symbolic(castName(backend, index, 'int32'), shape, 'int32');
  };

export const reductionKernels: KernelTable = {
  Sum: numeric('ReduceSum'),
  /** The only reduction with another attribute name. */
  Max: (backend, inputs, { reductionIndices, keepDims }) =>
    numeric('ReduceMax')(backend, inputs, { axis: reductionIndices, keepDims }),
  Min: numeric('ReduceMin'),
  Prod: numeric('ReduceProd'),
  All: truth('ReduceMin'),
  Any: truth('ReduceMax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  /** The indices of equal values may differ from tfjs's. */
  TopK: (backend, { x }, { k, sorted }) => {
    const attributes = { axis: -1, largest: 1, sorted: sorted ? 1 : 0 };
    const inputs = [backend.nameOf(x), backend.int64([k])];
    const [values, indices] = backend.nodes('TopK', inputs, attributes, 2) as [string, string];
    const shape = [...x.shape.slice(0, -1), k];
    return [
      backend.symbolic(values, shape, x.dtype),
      backend.symbolic(castName(backend, indices, 'int32'), shape, 'int32'),
    ];
  },
  Mean: (backend, { x }, attributes) => {
    const name = x.dtype === 'float32' ? backend.nameOf(x) : castName(backend, backend.nameOf(x), 'float32');
    const mean = reduce(backend, 'ReduceMean', name, x, attributes);
    return backend.symbolic(mean.name, mean.shape, 'float32');
  },
  Cumsum: (backend, { x }, { axis, exclusive, reverse }) => {
    const along = backend.node('Squeeze', [backend.int64(tf.util.parseAxisParam(axis, x.shape))]);
    const flags = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
    return backend.emit('CumSum', [backend.nameOf(x), along], x.shape, x.dtype, flags);
  },
  Softmax: (backend, { logits }, { dim }) =>
    backend.emit('Softmax', [backend.nameOf(logits)], logits.shape, 'float32', {
      axis: tf.util.parseAxisParam(dim, logits.shape)[0]!,
    }),
  LogSoftmax: (backend, { logits }, { axis }) =>
    backend.emit('LogSoftmax', [backend.nameOf(logits)], logits.shape, 'float32', {
      axis: tf.util.parseAxisParam(axis, logits.shape)[0]!,
    }),
};
