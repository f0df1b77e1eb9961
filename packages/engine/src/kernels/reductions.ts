import * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend/backend.js';
import type { KernelTable, Recorder } from './kernel.js';
import { castName, nameAs, requireType, toInt32 } from './types.js';

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

const isEmpty = (x: tf.TensorInfo) => tf.util.sizeFromShape(x.shape) === 0;

/** The result of reducing no values: a constant for each reduction. */
const reducedNothing = (
  backend: OnnxBackend,
  x: tf.TensorInfo,
  { axis, keepDims }: { axis: number | number[]; keepDims?: boolean },
  value: number,
  dtype: tf.DataType,
) => backend.filled(value, reducedShape(x, axis, keepDims).shape, dtype);

/** As in JavaScript, integers and products are computed in double precision. Booleans count as integers. */
const numeric =
  (op: 'ReduceSum' | 'ReduceProd', ofNothing: number): Recorder =>
  (backend, { x }, attributes) => {
    const dtype = tf.backend_util.upcastType(x.dtype, 'int32');
    if (isEmpty(x)) return reducedNothing(backend, x, attributes, ofNothing, dtype);
    const value = nameAs(backend, x, dtype);
    if (op === 'ReduceSum' && dtype === 'float32') {
      const { name, shape } = reduce(backend, op, value, x, attributes);
      return backend.symbolic(name, shape, dtype);
    }
    const { name, shape } = reduce(backend, op, castName(backend, value, 'float64'), x, attributes);
    const result = dtype === 'int32' ? toInt32(backend, name, 'float64') : castName(backend, name, 'float32');
    return backend.symbolic(result, shape, dtype);
  };

/** The largest or smallest value; NaN counts as both, whereas ONNX Runtime mostly skips it. */
const extreme =
  (op: string): Recorder =>
  (backend, { x }, { reductionIndices, axis = reductionIndices, keepDims }) => {
    const attributes = { axis, keepDims };
    if (isEmpty(x)) return reducedNothing(backend, x, attributes, Number.NaN, x.dtype);
    const value = nameAs(backend, x, x.dtype === 'bool' ? 'int32' : x.dtype);
    const { name, shape } = reduce(backend, op, value, x, attributes);
    if (x.dtype === 'bool') return backend.symbolic(castName(backend, name, 'bool'), shape, 'bool');
    if (x.dtype === 'int32' || name === value) return backend.symbolic(name, shape, x.dtype);
    const nans = castName(backend, backend.node('IsNaN', [value]), 'int32');
    const hasNaN = castName(backend, reduce(backend, 'ReduceMax', nans, x, attributes).name, 'bool');
    return backend.emit('Where', [hasNaN, backend.scalar(Number.NaN, 'float32'), name], shape, 'float32');
  };

/** All and Any: the smallest and the largest boolean. */
const truth =
  (op: string): Recorder =>
  (backend, { x }, attributes) => {
    if (isEmpty(x)) return reducedNothing(backend, x, attributes, 0, 'bool');
    const { name, shape } = reduce(backend, op, nameAs(backend, x, 'int32'), x, attributes);
    return backend.symbolic(castName(backend, name, 'bool'), shape, 'bool');
  };

/**
 * The first position of the largest or smallest value. tfjs skips NaN, except in the first position, where it wins.
 */
const argument =
  (op: 'ArgMax' | 'ArgMin'): Recorder =>
  (backend, { x }, { axis }) => {
    const { axes, shape } = reducedShape(x, axis);
    if (isEmpty(x)) return backend.filled(0, shape, 'int32');
    const along = axes[0]!;
    let value = nameAs(backend, x, x.dtype === 'bool' ? 'int32' : x.dtype);
    if (x.dtype === 'float32') {
      const wins = op === 'ArgMax' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      const places = x.shape.map((size: number, i: number) => (i === along ? size : 1));
      const instead = backend.vector([wins, ...Array(x.shape[along] - 1).fill(-wins)], 'float32', places);
      value = backend.node('Where', [backend.node('IsNaN', [value]), instead, value]);
    }
    const index = backend.node(op, [value], { axis: along, keepdims: 0 });
    return backend.symbolic(castName(backend, index, 'int32'), shape, 'int32');
  };

export const reductionKernels: KernelTable = {
  Sum: numeric('ReduceSum', 0),
  /** The only reduction with another attribute name. */
  Max: extreme('ReduceMax'),
  Min: extreme('ReduceMin'),
  Prod: numeric('ReduceProd', 1),
  All: truth('ReduceMin'),
  Any: truth('ReduceMax'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  /** Of equal values, the first are taken; without `sorted`, a k below the size gives another order than tfjs. */
  TopK: (backend, { x }, { k, sorted }) => {
    requireType('topk', [x], 'float32', 'int32');
    const size: number = x.shape.at(-1);
    const shape = [...x.shape.slice(0, -1), k];
    if (k === size && !sorted) {
      const places = backend.vector([...Array(size).keys()], 'int32', [size]);
      const all = backend.emit('Expand', [places, backend.int64(shape)], shape, 'int32');
      return [backend.symbolic(backend.nameOf(x), shape, x.dtype), all];
    }
    const inputs = [backend.nameOf(x), backend.int64([k])];
    const [values, indices] = backend.nodes('TopK', inputs, { axis: -1, largest: 1, sorted: 1 }, 2) as [string, string];
    return [
      backend.symbolic(values, shape, x.dtype),
      backend.symbolic(castName(backend, indices, 'int32'), shape, 'int32'),
    ];
  },
  Mean: (backend, { x }, attributes) => {
    if (isEmpty(x)) return reducedNothing(backend, x, attributes, 0, 'float32');
    const mean = reduce(backend, 'ReduceMean', nameAs(backend, x, 'float32'), x, attributes);
    return backend.symbolic(mean.name, mean.shape, 'float32');
  },
  Cumsum: (backend, { x }, { axis, exclusive, reverse }) => {
    const along = backend.node('Squeeze', [backend.int64(tf.util.parseAxisParam(axis, x.shape))]);
    const flags = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
    const dtype = tf.backend_util.upcastType(x.dtype, 'int32');
    return backend.emit('CumSum', [nameAs(backend, x, dtype), along], x.shape, dtype, flags);
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
