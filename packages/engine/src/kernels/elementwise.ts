import * as tf from '@tensorflow/tfjs';
import type { OnnxBackend } from '../backend/backend.js';
import { graphType } from '../tracing/graph-value.js';
import type { KernelTable, Recorder } from './kernel.js';

const ONNX_TYPE = { float32: 1, int32: 6, bool: 9 } as const;
const INT64 = 7;
const FLOAT64 = 11;
const TO = { ...ONNX_TYPE, int64: INT64, float64: FLOAT64 } as const;

export const castName = (backend: OnnxBackend, name: string, to: keyof typeof TO): string =>
  backend.node('Cast', [name], { to: TO[to] });

const unary =
  (op: string): Recorder =>
  (backend, { x }) =>
    backend.emit(op, [backend.nameOf(x)], x.shape, x.dtype);

const broadcast = (a: tf.TensorInfo, b: tf.TensorInfo) =>
  tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);

const binary =
  (op: string): Recorder =>
  (backend, { a, b }) =>
    backend.emit(op, [backend.nameOf(a), backend.nameOf(b)], broadcast(a, b), a.dtype);

/** ONNX orders numbers only, so truth values are compared as integers. */
const comparison =
  (op: string): Recorder =>
  (backend, { a, b }) => {
    const names = [a, b].map(x =>
      x.dtype === 'bool' ? castName(backend, backend.nameOf(x), 'int32') : backend.nameOf(x),
    );
    return backend.emit(op, names, broadcast(a, b), 'bool');
  };

const logical =
  (op: string): Recorder =>
  (backend, { a, b }) =>
    backend.emit(op, [backend.nameOf(a), backend.nameOf(b)], broadcast(a, b), 'bool');

const identity = (backend: OnnxBackend, x: tf.TensorInfo): tf.TensorInfo => {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
};

export const unaryKernels: KernelTable = {
  Abs: unary('Abs'),
  Ceil: unary('Ceil'),
  Cos: unary('Cos'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Floor: unary('Floor'),
  Log: unary('Log'),
  LogicalNot: unary('Not'),
  Neg: unary('Neg'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Round: unary('Round'),
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Softplus: unary('Softplus'),
  Sqrt: unary('Sqrt'),
  Tanh: unary('Tanh'),
  Square: (backend, { x }) => backend.emit('Mul', [backend.nameOf(x), backend.nameOf(x)], x.shape, x.dtype),
  Rsqrt: (backend, { x }) => backend.emit('Reciprocal', [backend.node('Sqrt', [backend.nameOf(x)])], x.shape, x.dtype),
  Log1p: (backend, { x }) =>
    backend.emit('Log', [backend.node('Add', [backend.nameOf(x), backend.scalar(1, x.dtype)])], x.shape, x.dtype),
  Expm1: (backend, { x }) =>
    backend.emit('Sub', [backend.node('Exp', [backend.nameOf(x)]), backend.scalar(1, x.dtype)], x.shape, x.dtype),
  IsNan: (backend, { x }) => backend.emit('IsNaN', [backend.nameOf(x)], x.shape, 'bool'),
  ClipByValue: (backend, { x }, { clipValueMin, clipValueMax }) => {
    const bounds = [clipValueMin, clipValueMax].map(value => backend.scalar(value, x.dtype));
    return backend.emit('Clip', [backend.nameOf(x), ...bounds], x.shape, x.dtype);
  },
  LeakyRelu: (backend, { x }, { alpha }) =>
    backend.emit('LeakyRelu', [backend.nameOf(x)], x.shape, x.dtype, { alpha: { float: alpha } }),
  /** 1 above zero, `alpha` elsewhere; not-a-number stays so. */
  Step: (backend, { x }, { alpha }) => {
    const name = backend.nameOf(x);
    const above = backend.node('Greater', [name, backend.scalar(0, x.dtype)]);
    const step = backend.node('Where', [above, backend.scalar(1, x.dtype), backend.scalar(alpha, x.dtype)]);
    if (x.dtype !== 'float32') return backend.symbolic(step, x.shape, x.dtype);
    return backend.emit('Where', [backend.node('IsNaN', [name]), name, step], x.shape, x.dtype);
  },
  Identity: (backend, { x }) => identity(backend, x),
  Cast: (backend, { x }, { dtype }) => {
    if (x.dtype === dtype) return identity(backend, x);
    return backend.emit('Cast', [backend.nameOf(x)], x.shape, dtype, { to: ONNX_TYPE[graphType(dtype)] });
  },
};

export const binaryKernels: KernelTable = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalOr: logical('Or'),
  NotEqual: (backend, inputs) => {
    const equal = comparison('Equal')(backend, inputs, {}) as tf.TensorInfo;
    return backend.emit('Not', [backend.nameOf(equal)], equal.shape, 'bool');
  },
  SquaredDifference: (backend, { a, b }) => {
    const difference = backend.node('Sub', [backend.nameOf(a), backend.nameOf(b)]);
    return backend.emit('Mul', [difference, difference], broadcast(a, b), a.dtype);
  },
  AddN: (backend, inputs) => {
    const terms: tf.TensorInfo[] = Object.values(inputs);
    const sum = terms.map(x => backend.nameOf(x)).reduce((a, b) => backend.node('Add', [a, b]));
    return backend.symbolic(sum, terms[0]!.shape, terms[0]!.dtype);
  },
  /**
   * Rounds towards minus infinity (where ONNX's Div of integers rounds towards zero) and gives integers, as tfjs has
   * it.
   */
  FloorDiv: (backend, { a, b }) => {
    const exact = [a, b].map(x => castName(backend, backend.nameOf(x), 'float64'));
    const floor = backend.node('Floor', [backend.node('Div', exact)]);
    return backend.symbolic(castName(backend, floor, 'int32'), broadcast(a, b), 'int32');
  },
  /** The remainder has the divisor's sign, as tfjs has it. */
  Mod: (backend, { a, b }) => {
    const [x, y] = [backend.nameOf(a), backend.nameOf(b)];
    if (a.dtype === 'int32') return backend.emit('Mod', [x, y], broadcast(a, b), a.dtype);
    const multiple = backend.node('Mul', [backend.node('Floor', [backend.node('Div', [x, y])]), y]);
    return backend.emit('Sub', [x, multiple], broadcast(a, b), a.dtype);
  },
  /** `t` where the condition holds, `e` elsewhere. */
  Select: (backend, { condition, t, e }) => {
    let mask = backend.nameOf(condition);
    if (condition.shape.length === 1 && t.shape.length > 1) {
      mask = backend.reshaped(mask, [condition.shape[0], ...t.shape.slice(1).map(() => 1)]);
    }
    if (t.dtype !== 'bool')
      return backend.emit('Where', [mask, backend.nameOf(t), backend.nameOf(e)], t.shape, t.dtype);
    const numbers = [t, e].map(x => castName(backend, backend.nameOf(x), 'int32'));
    return backend.symbolic(castName(backend, backend.node('Where', [mask, ...numbers]), 'bool'), t.shape, 'bool');
  },
};
