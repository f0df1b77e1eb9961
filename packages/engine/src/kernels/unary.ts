import type * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend/backend.js';
import { graphType } from '../tracing/graph-value.js';
import type { KernelTable, Recorder } from './kernel.js';
import { cast, castName, nameAs, requireType, toInt32 } from './types.js';

/** ONNX supports these for floating-point numbers only. */
const ofFloats =
  (op: string, name = `${op[0]!.toLowerCase()}${op.slice(1)}`): Recorder =>
  (backend, { x }) => {
    requireType(name, [x], 'float32');
    return backend.emit(op, [backend.nameOf(x)], x.shape, 'float32');
  };

const ofNumbers =
  (op: string, name = `${op[0]!.toLowerCase()}${op.slice(1)}`): Recorder =>
  (backend, { x }) => {
    requireType(name, [x], 'float32', 'int32');
    return backend.emit(op, [backend.nameOf(x)], x.shape, x.dtype);
  };

const identity = (backend: OnnxBackend, x: tf.TensorInfo): tf.TensorInfo => {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
};

/** Below this, the first two terms of the series have full float32 precision. */
const SMALL = 1e-4;

/**
 * log(1 + x) or exp(x) - 1 in double precision, and x ± x² / 2 near zero, where both lose all of x's digits.
 */
const nearZero =
  (name: string, sign: 1 | -1, exact: (backend: OnnxBackend, x: string) => string): Recorder =>
  (backend, { x }) => {
    requireType(name, [x], 'float32');
    const value = backend.nameOf(x);
    const far = castName(backend, exact(backend, castName(backend, value, 'float64')), 'float32');
    const half = backend.node('Mul', [value, backend.scalar(sign / 2, 'float32')]);
    const near = backend.node('Add', [value, backend.node('Mul', [value, half])]);
    const isNear = backend.node('Less', [backend.node('Abs', [value]), backend.scalar(SMALL, 'float32')]);
    return backend.emit('Where', [isNear, near, far], x.shape, 'float32');
  };

export const unaryKernels: KernelTable = {
  Abs: ofNumbers('Abs'),
  Ceil: ofFloats('Ceil'),
  Cos: ofFloats('Cos'),
  Erf: ofFloats('Erf'),
  Exp: ofFloats('Exp'),
  Floor: ofFloats('Floor'),
  Log: ofFloats('Log'),
  LogicalNot: (backend, { x }) => backend.emit('Not', [backend.nameOf(x)], x.shape, 'bool'),
  Neg: ofNumbers('Neg'),
  Reciprocal: ofFloats('Reciprocal'),
  Relu: ofNumbers('Relu'),
  Round: ofFloats('Round'),
  Sigmoid: ofFloats('Sigmoid'),
  Sin: ofFloats('Sin'),
  Softplus: ofFloats('Softplus'),
  Sqrt: ofFloats('Sqrt'),
  Tanh: ofFloats('Tanh'),
  /** The sign of NaN is 0. */
  Sign: (backend, { x }) => {
    requireType('sign', [x], 'float32', 'int32');
    const name = backend.nameOf(x);
    const sign = backend.node('Sign', [name]);
    if (x.dtype === 'int32') return backend.symbolic(sign, x.shape, x.dtype);
    const hasNoSign = backend.node('IsNaN', [name]);
    return backend.emit('Where', [hasNoSign, backend.scalar(0, x.dtype), sign], x.shape, x.dtype);
  },
  Square: (backend, { x }) => {
    requireType('square', [x], 'float32', 'int32');
    if (x.dtype === 'float32') return backend.emit('Mul', [backend.nameOf(x), backend.nameOf(x)], x.shape, 'float32');
    const double = castName(backend, backend.nameOf(x), 'float64');
    return backend.symbolic(toInt32(backend, backend.node('Mul', [double, double]), 'float64'), x.shape, 'int32');
  },
  Rsqrt: (backend, { x }) => {
    requireType('rsqrt', [x], 'float32');
    return backend.emit('Reciprocal', [backend.node('Sqrt', [backend.nameOf(x)])], x.shape, 'float32');
  },
  Log1p: nearZero('log1p', -1, (backend, x) =>
    backend.node('Log', [backend.node('Add', [x, backend.constant(1, 'float64')])]),
  ),
  Expm1: nearZero('expm1', 1, (backend, x) =>
    backend.node('Sub', [backend.node('Exp', [x]), backend.constant(1, 'float64')]),
  ),
  IsNan: (backend, { x }) => {
    if (x.dtype !== 'float32') return backend.filled(0, x.shape, 'bool');
    return backend.emit('IsNaN', [backend.nameOf(x)], x.shape, 'bool');
  },
  ClipByValue: (backend, { x }, { clipValueMin, clipValueMax }) => {
    requireType('clipByValue', [x], 'float32', 'int32');
    const inRange = (value: number) =>
      x.dtype === 'int32' ? Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1) : value;
    const bounds = [clipValueMin, clipValueMax].map(value => backend.scalar(inRange(value), x.dtype));
    return backend.emit('Clip', [backend.nameOf(x), ...bounds], x.shape, x.dtype);
  },
  /** Returns floating-point numbers, for integers too. */
  LeakyRelu: (backend, { x }, { alpha }) =>
    backend.emit('LeakyRelu', [nameAs(backend, x, 'float32')], x.shape, 'float32', { alpha: { float: alpha } }),
  /** 1 above zero, `alpha` elsewhere; NaN stays NaN. */
  Step: (backend, { x }, { alpha }) => {
    requireType('step', [x], 'float32', 'int32');
    const name = backend.nameOf(x);
    const above = backend.node('Greater', [name, backend.scalar(0, x.dtype)]);
    const step = backend.node('Where', [above, backend.scalar(1, x.dtype), backend.scalar(alpha, x.dtype)]);
    if (x.dtype !== 'float32') return backend.symbolic(step, x.shape, x.dtype);
    return backend.emit('Where', [backend.node('IsNaN', [name]), name, step], x.shape, x.dtype);
  },
  Identity: (backend, { x }) => identity(backend, x),
  Cast: (backend, { x }, { dtype }) => {
    if (x.dtype === dtype) return identity(backend, x);
    return backend.symbolic(cast(backend, backend.nameOf(x), x.dtype, graphType(dtype)), x.shape, dtype);
  },
};
