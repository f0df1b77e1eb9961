import * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend/backend.js';
import type { KernelTable, Recorder } from './kernel.js';
import { cast, castName, nameAs, requireType, toInt32 } from './types.js';

const broadcast = (a: tf.TensorInfo, b: tf.TensorInfo) =>
  tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);

const binary =
  (op: string, name: string): Recorder =>
  (backend, { a, b }) => {
    requireType(name, [a, b], 'float32', 'int32');
    return backend.emit(op, [backend.nameOf(a), backend.nameOf(b)], broadcast(a, b), a.dtype);
  };

/** JavaScript computes integers in double precision and takes the result modulo 2³². */
function inDoubles(
  backend: OnnxBackend,
  { a, b }: { a: tf.TensorInfo; b: tf.TensorInfo },
  compute: (a: string, b: string) => string,
  dtype: 'float32' | 'int32' = 'int32',
): tf.TensorInfo {
  const [x, y] = [a, b].map(one => castName(backend, backend.nameOf(one), 'float64')) as [string, string];
  const result = compute(x, y);
  const name = dtype === 'int32' ? toInt32(backend, result, 'float64') : castName(backend, result, 'float32');
  return backend.symbolic(name, broadcast(a, b), dtype);
}

/** Like `binary`, for ops whose results may not fit in an integer. */
const growing =
  (op: string, name: string): Recorder =>
  (backend, inputs) =>
    inputs.a.dtype === 'int32' && inputs.b.dtype === 'int32'
      ? inDoubles(backend, inputs, (a, b) => backend.node(op, [a, b]))
      : binary(op, name)(backend, inputs, {});

/** ONNX orders numbers only, so truth values are compared as integers. */
const comparison =
  (op: string): Recorder =>
  (backend, { a, b }) => {
    const names = [a, b].map(x => nameAs(backend, x, x.dtype === 'bool' ? 'int32' : x.dtype));
    return backend.emit(op, names, broadcast(a, b), 'bool');
  };

const logical =
  (op: string): Recorder =>
  (backend, { a, b }) =>
    backend.emit(op, [backend.nameOf(a), backend.nameOf(b)], broadcast(a, b), 'bool');

export const binaryKernels: KernelTable = {
  Add: binary('Add', 'add'),
  Sub: binary('Sub', 'sub'),
  Multiply: growing('Mul', 'mul'),
  RealDiv: growing('Div', 'div'),
  Maximum: binary('Max', 'maximum'),
  Minimum: binary('Min', 'minimum'),
  /** In JavaScript, 1 and -1 to a power that is not finite are NaN; elsewhere they are 1. */
  Pow: (backend, { a, b }) => {
    if (a.dtype === 'int32') return growing('Pow', 'pow')(backend, { a, b }, {});
    requireType('pow', [a, b], 'float32');
    const [base, exponent] = [backend.nameOf(a), backend.nameOf(b)];
    const power = backend.node('Pow', [base, exponent]);
    if (backend.known(b)?.every(Number.isFinite)) return backend.symbolic(power, broadcast(a, b), 'float32');
    const isOne = backend.node('Equal', [backend.node('Abs', [base]), backend.scalar(1, 'float32')]);
    const withNaN = backend.node('Add', [power, backend.node('Sub', [exponent, exponent])]);
    return backend.emit('Where', [isOne, withNaN, power], broadcast(a, b), 'float32');
  },
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalOr: logical('Or'),
  NotEqual: (backend, inputs) => {
    const equal = comparison('Equal')(backend, inputs, {}) as tf.TensorInfo;
    const name = backend.nameOf(equal);
    backend.disposeData(equal.dataId);
    return backend.emit('Not', [name], equal.shape, 'bool');
  },
  SquaredDifference: (backend, { a, b }) => {
    requireType('squaredDifference', [a, b], 'float32', 'int32');
    const squared = (x: string, y: string) => {
      const difference = backend.node('Sub', [x, y]);
      return backend.node('Mul', [difference, difference]);
    };
    if (a.dtype === 'int32') return inDoubles(backend, { a, b }, squared);
    return backend.symbolic(squared(backend.nameOf(a), backend.nameOf(b)), broadcast(a, b), a.dtype);
  },
  AddN: (backend, inputs) => {
    const terms: tf.TensorInfo[] = Object.values(inputs);
    requireType('addN', terms, 'float32', 'int32');
    const sum = terms.map(x => backend.nameOf(x)).reduce((a, b) => backend.node('Add', [a, b]));
    return backend.symbolic(sum, terms[0]!.shape, terms[0]!.dtype);
  },
  /** Rounds towards minus infinity (ONNX's integer Div rounds towards zero) and returns integers, as in tfjs. */
  FloorDiv: (backend, { a, b }) =>
    inDoubles(backend, { a, b }, (x, y) => backend.node('Floor', [backend.node('Div', [x, y])])),
  /** The remainder has the divisor's sign, as in tfjs. */
  Mod: (backend, { a, b }) => {
    requireType('mod', [a, b], 'float32', 'int32');
    const modulo = (x: string, y: string) => {
      const zero = backend.constant(0, 'float64');
      const remainder = backend.node('Mod', [x, y], { fmod: 1 });
      const turned = backend.node('Mod', [backend.node('Add', [remainder, y]), y], { fmod: 1 });
      const [xBelow, yBelow] = [x, y].map(value => backend.node('Less', [value, zero])) as [string, string];
      const [xAbove, yAbove] = [x, y].map(value => backend.node('GreaterOrEqual', [value, zero])) as [string, string];
      const alike = backend.node('Or', [backend.node('And', [xBelow, yBelow]), backend.node('And', [xAbove, yAbove])]);
      return backend.node('Where', [alike, remainder, turned]);
    };
    return inDoubles(backend, { a, b }, modulo, a.dtype);
  },
  /** `t` where the condition holds, `e` elsewhere. tfjs tiles the condition to their shape; ONNX needs no tiles. */
  Select: (backend, { condition, t, e }) => {
    const dtype = tf.backend_util.upcastType(t.dtype, e.dtype);
    const given = backend.nameOf(condition);
    let mask = condition.shape.length === t.shape.length ? (backend.broadcasts.get(given) ?? given) : given;
    if (condition.shape.length === 1 && t.shape.length > 1) {
      mask = backend.reshaped(mask, [condition.shape[0], ...t.shape.slice(1).map(() => 1)]);
    }
    const numbers = [t, e].map(x => nameAs(backend, x, dtype === 'bool' ? 'int32' : dtype));
    const selected = backend.node('Where', [mask, ...numbers]);
    return backend.symbolic(dtype === 'bool' ? cast(backend, selected, 'int32', 'bool') : selected, t.shape, dtype);
  },
};
