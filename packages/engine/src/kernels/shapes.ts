import * as tf from '@tensorflow/tfjs-core';
import type { KernelTable } from './kernel.js';
import { nameAs, requireType } from './types.js';

const axisOf = (axis: number, shape: number[]) => tf.util.parseAxisParam(axis, shape)[0]!;

export const shapeKernels: KernelTable = {
  Reshape: (backend, { x }, { shape }) => {
    const size = tf.util.sizeFromShape(x.shape);
    const to = tf.util.inferFromImplicitShape(shape, size);
    tf.util.assert(
      size === tf.util.sizeFromShape(to),
      () =>
        `The new shape (${to}) has ${tf.util.sizeFromShape(to)} elements and the old shape (${x.shape}) has ${size}.`,
    );
    return backend.symbolic(backend.reshaped(backend.nameOf(x), to, x.shape), to, x.dtype);
  },
  ExpandDims: (backend, { input }, { dim }) => {
    const to = [...input.shape];
    tf.util.assert(dim >= -to.length - 1, () => `Axis must be in the interval [${-to.length - 1}, ${to.length}]`);
    to.splice(dim < 0 ? to.length + 1 + dim : dim, 0, 1);
    return backend.symbolic(backend.reshaped(backend.nameOf(input), to, input.shape), to, input.dtype);
  },
  Transpose: (backend, { x }, { perm }) => {
    if (new Set(perm).size < perm.length)
      throw new Error(`tf.transpose with the permutation [${perm}] cannot be compiled: name each axis once.`);
    const shape = perm.map((p: number) => x.shape[p]);
    return backend.emit('Transpose', [backend.nameOf(x)], shape, x.dtype, { perm: [...perm] });
  },
  /** Parts are cast to the type of the first, whose array tfjs stores them in. */
  Concat: (backend, inputs, { axis }) => {
    const all: tf.TensorInfo[] = Object.values(inputs);
    const along = axisOf(axis, all[0]!.shape);
    const shapes = all.map(x => x.shape);
    tf.backend_util.assertParamsConsistent(shapes, along);
    const shape = tf.backend_util.computeOutShape(shapes, along);
    const parts = all.filter(x => tf.util.sizeFromShape(x.shape) > 0);
    const { dtype } = all[0]!;
    if (parts.length === 0) return backend.filled(0, shape, dtype);
    if (dtype === 'bool') requireType('concat', parts, 'bool'); // tfjs would store numbers among the booleans
    const names = parts.map(x => nameAs(backend, x, dtype));
    return backend.emit('Concat', names, shape, dtype, { axis: along });
  },
  Pack: (backend, inputs, { axis }) => {
    const parts: tf.TensorInfo[] = Object.values(inputs);
    const { dtype } = parts[0]!;
    const one = [...parts[0]!.shape];
    for (const part of parts) {
      const message = 'All tensors passed to stack must have matching';
      tf.util.assertShapesMatch(one, part.shape, `${message} shapes`);
      tf.util.assert(part.dtype === dtype, () => `${message} dtypes`);
    }
    const along = axis < 0 ? one.length + 1 + axis : axis;
    one.splice(along, 0, 1);
    const names = parts.map(x => backend.reshaped(backend.nameOf(x), one));
    const shape = one.map((d, i) => (i === along ? parts.length : d));
    return backend.emit('Concat', names, shape, dtype, { axis: along });
  },
  Unpack: (backend, { value }, { axis }) => {
    const along = axisOf(axis, value.shape);
    const shape = value.shape.filter((_: number, i: number) => i !== along);
    const name = backend.nameOf(value);
    return Array.from({ length: value.shape[along] }, (_, i) =>
      backend.emit('Gather', [name, backend.node('Squeeze', [backend.int64([i])])], shape, value.dtype, {
        axis: along,
      }),
    );
  },
  Slice: (backend, { x }, { begin, size }) => {
    const [from, sizes] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
    tf.slice_util.assertParamsValid(x, from, sizes);
    const to = from.map((b, i) => b + sizes[i]!);
    if (from.every(b => b === 0) && to.every((t, i) => t === x.shape[i])) {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    }
    return backend.emit('Slice', [backend.nameOf(x), backend.int64(from), backend.int64(to)], sizes, x.dtype);
  },
  StridedSlice: (backend, { x }, attributes) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
    const info = tf.slice_util.sliceInfo(
      x.shape,
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    const isSimple = info.isIdentity || info.sliceDim0 || info.isSimpleSlice;
    const size = isSimple ? simpleSize(x, info) : info.finalShapeSparse;
    if (size.length < x.shape.length)
      throw new Error(
        'tf.stridedSlice with strides and shrinkAxisMask cannot be compiled: squeeze its result instead.',
      );
    const axes = info.begin.map((_, i) => i);
    const steps = info.strides;
    // In ONNX, a descending slice that includes the first element ends "before the start of the axis".
    const stop = info.begin.map((from, i) => {
      const end = from + size[i]! * steps[i]!;
      return end < 0 ? -(x.shape[i] + 1) : end;
    });
    const bounds = [info.begin, stop, axes, steps].map(v => backend.int64(v));
    const sliced = backend.node('Slice', [backend.nameOf(x), ...bounds]);
    return backend.symbolic(backend.reshaped(sliced, info.finalShape), info.finalShape, x.dtype);
  },
  SplitV: (backend, { x }, { numOrSizeSplits, axis }) => {
    const along = axisOf(axis, x.shape);
    const name = backend.nameOf(x);
    let start = 0;
    return tf.backend_util.prepareSplitSize(x, numOrSizeSplits, along).map(size => {
      const bounds = [[start], [start + size], [along]].map(v => backend.int64(v));
      start += size;
      const shape = x.shape.map((d: number, i: number) => (i === along ? size : d));
      return backend.emit('Slice', [name, ...bounds], shape, x.dtype);
    });
  },
  Tile: (backend, { x }, { reps }) => {
    const shape = x.shape.map((d: number, i: number) => d * reps[i]);
    const name = backend.nameOf(x);
    const tiled = backend.node('Tile', [name, backend.int64(reps)]);
    if (x.shape.every((d: number, i: number) => d === 1 || reps[i] === 1)) backend.broadcasts.set(tiled, name);
    return backend.symbolic(tiled, shape, x.dtype);
  },
  PadV2: (backend, { x }, { paddings, constantValue }) => {
    const pads: [number, number][] = paddings;
    const shape = pads.map(([before, after], i) => before + x.shape[i] + after);
    if (tf.util.sizeFromShape(x.shape) === 0) return backend.filled(constantValue, shape, x.dtype);
    const amounts = backend.int64([...pads.map(p => p[0]), ...pads.map(p => p[1])]);
    return backend.emit('Pad', [backend.nameOf(x), amounts, backend.scalar(constantValue, x.dtype)], shape, x.dtype);
  },
  Reverse: (backend, { x }, { dims }) => {
    const axes = tf.util.parseAxisParam(dims, x.shape);
    if (axes.length === 0) return backend.symbolic(backend.nameOf(x), x.shape, x.dtype);
    const bounds = [axes.map(() => -1), axes.map(a => -(x.shape[a] + 1)), axes, axes.map(() => -1)];
    return backend.emit('Slice', [backend.nameOf(x), ...bounds.map(v => backend.int64(v))], x.shape, x.dtype);
  },
};

/** The size of a slice without strides; tfjs-cpu rejects slices that end before they begin. */
function simpleSize(x: tf.TensorInfo, info: ReturnType<typeof tf.slice_util.sliceInfo>): number[] {
  const { begin, end, strides, finalShape } = info;
  const [from, size] = tf.slice_util.parseSliceParams(x, begin, tf.slice_util.computeOutShape(begin, end, strides));
  tf.slice_util.assertParamsValid(x, from!, size!);
  const [count, wanted] = [size!, finalShape].map(shape => tf.util.sizeFromShape(shape));
  tf.util.assert(count === wanted, () => `Size(${count}) must match the product of shape ${finalShape}`);
  return size!;
}
