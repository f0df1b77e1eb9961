import * as tf from '@tensorflow/tfjs';
import { castName } from './elementwise.js';
import type { KernelTable } from './kernel.js';

export const indexingKernels: KernelTable = {
  GatherV2: (backend, { x, indices }, { axis, batchDims }) => {
    if (batchDims) throw new Error('gather with batchDims cannot be compiled yet: use oneHot and matMul, or gatherND.');
    const along = tf.util.parseAxisParam(axis, x.shape)[0]!;
    const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
    return backend.emit('Gather', [backend.nameOf(x), backend.nameOf(indices)], shape, x.dtype, { axis: along });
  },
  GatherNd: (backend, { params, indices }) => {
    const depth = indices.shape[indices.shape.length - 1];
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
    const index = castName(backend, backend.nameOf(indices), 'int64');
    return backend.emit('GatherND', [backend.nameOf(params), index], shape, params.dtype);
  },
  /**
   * The gradient of gather. ScatterElements adds in order, one thread, so that repeated indices give the same bits each
   * time (ONNX Runtime's ScatterND adds in parallel).
   */
  UnsortedSegmentSum: (backend, { x, segmentIds }, { numSegments }) => {
    const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
    const rows = tf.util.sizeFromShape(segmentIds.shape);
    const flat = [rows, ...x.shape.slice(segmentIds.shape.length)];
    const ids = backend.reshaped(castName(backend, backend.nameOf(segmentIds), 'int64'), [
      rows,
      ...flat.slice(1).map(() => 1),
    ]);
    const index = backend.node('Expand', [ids, backend.int64(flat)]);
    const zeros = backend.node('Expand', [backend.scalar(0, x.dtype), backend.int64(shape)]);
    const updates = backend.reshaped(backend.nameOf(x), flat);
    return backend.emit('ScatterElements', [zeros, index, updates], shape, x.dtype, { axis: 0, reduction: 'add' });
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
  ZerosLike: (backend, { x }) =>
    backend.emit('Expand', [backend.scalar(0, x.dtype), backend.int64(x.shape)], x.shape, x.dtype),
  OnesLike: (backend, { x }) =>
    backend.emit('Expand', [backend.scalar(1, x.dtype), backend.int64(x.shape)], x.shape, x.dtype),
};
