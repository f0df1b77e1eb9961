import * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend/backend.js';
import { FAR_BELOW } from '../runtime/run-error.js';
import type { KernelTable } from './kernel.js';
import { castName, nameAs } from './types.js';

export const indexingKernels: KernelTable = {
  GatherV2: (backend, { x, indices }, { axis, batchDims = 0 }) => {
    const along = tf.util.parseAxisParam(axis, x.shape)[0]!;
    const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, along, batchDims);
    const index = placesIn(backend, indices, x.shape[along]);
    if (!batchDims)
      return backend.emit('Gather', [backend.nameOf(x), index], info.outputShape, x.dtype, { axis: along });
    const { batchSize, outerSize, dimSize, sliceSize } = info;
    const count = tf.util.sizeFromShape(indices.shape) / batchSize;
    const places = backend.reshaped(index, [batchSize, 1, count, 1]);
    const everywhere = backend.node('Expand', [places, backend.int64([batchSize, outerSize, count, sliceSize])]);
    const values = backend.reshaped(backend.nameOf(x), [batchSize, outerSize, dimSize, sliceSize]);
    const gathered = backend.node('GatherElements', [values, everywhere], { axis: 2 });
    return backend.symbolic(backend.reshaped(gathered, info.outputShape), info.outputShape, x.dtype);
  },
  /** Gathers by flat position among all slices: tfjs-cpu rejects only indices outside them. */
  GatherNd: (backend, { params, indices }) => {
    const [shape, count, sliceSize, strides] = tf.backend_util.prepareAndValidate(params, indices);
    const steps = backend.vector(strides, 'int32', [strides.length]);
    const products = backend.node('Mul', [backend.nameOf(indices), steps]);
    const place = backend.node('ReduceSum', [products, backend.int64([-1])], { keepdims: 0 });
    const slices = tf.util.sizeFromShape(params.shape) / sliceSize;
    const rows = backend.reshaped(backend.nameOf(params), [slices, sliceSize]);
    const index = backend.reshaped(notNegative(backend, place), [count]);
    return backend.symbolic(
      backend.reshaped(backend.node('Gather', [rows, index], { axis: 0 }), shape),
      shape,
      params.dtype,
    );
  },
  /**
   * The gradient of gather; rows that belong to no segment are dropped. ScatterElements adds in order on one thread, so
   * repeated indices give bit-identical results (ONNX Runtime's ScatterND adds in parallel).
   */
  UnsortedSegmentSum: (backend, { x, segmentIds }, { numSegments }) => {
    if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== x.shape[0]) {
      throw new Error(
        `tf.unsortedSegmentSum needs one segment id for each of the ${x.shape[0]} rows, and their shape is [${segmentIds.shape}].`,
      );
    }
    const shape = [numSegments, ...x.shape.slice(1)];
    const column = [x.shape[0], ...x.shape.slice(1).map(() => 1)];
    let ids = backend.nameOf(segmentIds);
    let updates = nameAs(backend, x, 'float32'); // tfjs returns floating-point numbers for integers, too
    if (!backend.known(segmentIds)?.every((id: number) => id >= 0 && id < numSegments)) {
      const isHere = backend.node('And', [
        backend.node('GreaterOrEqual', [ids, backend.scalar(0, 'int32')]),
        backend.node('Less', [ids, backend.scalar(numSegments, 'int32')]),
      ]);
      ids = backend.node('Where', [isHere, ids, backend.scalar(0, 'int32')]);
      const zero = backend.scalar(0, 'float32');
      updates = backend.node('Where', [backend.reshaped(isHere, column), updates, zero]);
    }
    const index = backend.node('Expand', [
      backend.reshaped(castName(backend, ids, 'int64'), column),
      backend.int64(x.shape),
    ]);
    const zeros = backend.node('Expand', [backend.scalar(0, 'float32'), backend.int64(shape)]);
    return backend.emit('ScatterElements', [zeros, index, updates], shape, 'float32', { axis: 0, reduction: 'add' });
  },
  OneHot: (backend, { indices }, { depth, onValue, offValue, dtype }) => {
    const shape = [...indices.shape, depth];
    const columns = backend.reshaped(backend.nameOf(indices), [...indices.shape, 1]);
    const range = backend.node(
      'Range',
      [0, depth, 1].map(v => backend.scalar(v, 'int32')),
    );
    const hit = backend.node('Equal', [columns, range]);
    const type = dtype ?? 'float32';
    if (type === 'bool' && onValue === 1 && offValue === 0) return backend.symbolic(hit, shape, 'bool');
    return backend.emit('Where', [hit, backend.scalar(onValue, type), backend.scalar(offValue, type)], shape, type);
  },
  Fill: (backend, _inputs, { shape, value, dtype }) => {
    const type = dtype ?? tf.util.inferDtype(value);
    return backend.emit('Expand', [backend.scalar(value, type), backend.int64(shape)], shape, type);
  },
  ZerosLike: (backend, { x }) => backend.filled(0, x.shape, x.dtype),
  OnesLike: (backend, { x }) => backend.filled(1, x.shape, x.dtype),
};

/** Known indices are checked now; among the others, ONNX Runtime rejects those that are too large. */
function placesIn(backend: OnnxBackend, indices: tf.TensorInfo, size: number): string {
  const known = backend.known(indices);
  if (!known) return notNegative(backend, backend.nameOf(indices));
  const wrong = known.find(index => index < 0 || index >= size);
  tf.util.assert(wrong === undefined, () => `GatherV2: the index value ${wrong} is not in [0, ${size - 1}]`);
  return backend.nameOf(indices);
}

/** ONNX counts negative indices from the end, but tfjs rejects them: moves them to where ONNX rejects them, too. */
function notNegative(backend: OnnxBackend, index: string): string {
  const isNegative = backend.node('Less', [index, backend.scalar(0, 'int32')]);
  const far = backend.node('Sub', [index, backend.scalar(FAR_BELOW, 'int32')]);
  return backend.node('Where', [isNegative, far, index]);
}
