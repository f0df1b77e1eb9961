import * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend/backend.js';
import type { KernelTable } from './kernel.js';

/**
 * tfjs lays images out as [B, height, width, channels], ONNX as [B, channels, height, width]; ONNX Runtime removes the
 * transpositions in between.
 */
const TO_ONNX = { perm: [0, 3, 1, 2] };
const FROM_ONNX = { perm: [0, 2, 3, 1] };

type Window = tf.backend_util.Conv2DInfo;

/** ONNX's attributes of a window, with its padding: top, left, bottom, right. */
function windowOf(info: Window): { kernel_shape: number[]; strides: number[]; pads: number[] } {
  const { inHeight, outHeight, strideHeight, inWidth, outWidth, strideWidth, padInfo } = info;
  const [height, width] = [info.effectiveFilterHeight, info.effectiveFilterWidth];
  const bottom = endPad(inHeight, outHeight, height, strideHeight, padInfo.top, padInfo.bottom);
  const right = endPad(inWidth, outWidth, width, strideWidth, padInfo.left, padInfo.right);
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [strideHeight, strideWidth],
    pads: [padInfo.top, padInfo.left, bottom, right],
  };
}

/** ONNX rounds sizes down; if tfjs rounds up, the end of the axis needs more padding. */
function endPad(size: number, out: number, window: number, stride: number, start: number, end: number): number {
  const rounded = Math.floor((size + start + end - window) / stride) + 1;
  return rounded === out ? end : (out - 1) * stride + window - size - start;
}

export const convolutionKernels: KernelTable = {
  /** Without a gradient: nothing frozen is differentiated, and no prompt enters a convolutional tower. */
  Conv2D: (backend, { x, filter }, { strides, pad, dataFormat, dilations, dimRoundingMode }) => {
    const format = tf.backend_util.convertConv2DDataFormat(dataFormat);
    const info = tf.backend_util.computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false /* depthwise */,
      format,
    );
    const first = format === 'channelsFirst'; // as in ONNX
    const image = first ? backend.nameOf(x) : backend.node('Transpose', [backend.nameOf(x)], TO_ONNX);
    const kernel = backend.node('Transpose', [backend.nameOf(filter)], { perm: [3, 2, 0, 1] });
    const { kernel_shape, strides: steps, pads } = windowOf(info);
    const out = backend.node('Conv', [image, kernel], {
      kernel_shape,
      strides: steps,
      dilations: [info.dilationHeight, info.dilationWidth],
      pads,
    });
    const each = info.filterHeight * info.filterWidth * info.inChannels;
    backend.trace!.operations.set(out, 2 * tf.util.sizeFromShape(info.outShape) * each);
    if (first) return backend.symbolic(out, info.outShape, 'float32');
    return backend.emit('Transpose', [out], info.outShape, 'float32', FROM_ONNX);
  },
  /** Each channel separately, with filters [k, k, channels, filters per channel]; without a gradient, as above. */
  DepthwiseConv2dNative: (backend, { x, filter }, { strides, pad, dataFormat, dilations, dimRoundingMode }) => {
    if (dataFormat === 'NCHW')
      throw new Error('tf.depthwiseConv2d with dataFormat NCHW cannot be compiled: transpose its input.');
    const [height, width, channels, multiplier] = filter.shape;
    const info = tf.backend_util.computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      true /* depthwise */,
    );
    const image = backend.node('Transpose', [backend.nameOf(x)], TO_ONNX);
    const turned = backend.node('Transpose', [backend.nameOf(filter)], { perm: [2, 3, 0, 1] }); // [channels, m, k, k]
    const kernel = multiplier === 1 ? turned : backend.reshaped(turned, [channels * multiplier, 1, height, width]);
    const { kernel_shape, strides: steps, pads } = windowOf(info);
    const out = backend.node('Conv', [image, kernel], {
      group: channels,
      kernel_shape,
      strides: steps,
      dilations: [info.dilationHeight, info.dilationWidth],
      pads,
    });
    backend.trace!.operations.set(out, 2 * tf.util.sizeFromShape(info.outShape) * height * width);
    return backend.emit('Transpose', [out], info.outShape, 'float32', FROM_ONNX);
  },
  AvgPool: (backend, { x }, { filterSize, strides, pad, dimRoundingMode }) => {
    const info = tf.backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
    if (info.filterHeight * info.filterWidth === 1 && tf.util.arraysEqual(info.inShape, info.outShape)) {
      backend.incRef(x.dataId); // whatever the strides, as in tfjs-cpu
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    }
    const image = backend.node('Transpose', [backend.nameOf(x)], TO_ONNX);
    const out = averages(backend, image, info);
    return backend.emit('Transpose', [out], info.outShape, 'float32', FROM_ONNX);
  },
};

/** Means over a window's pixels inside the image. */
function averages(backend: OnnxBackend, image: string, info: Window): string {
  const { kernel_shape, strides, pads } = windowOf(info);
  const [height, width] = kernel_shape as [number, number];
  const [top, left, bottom, right] = pads as [number, number, number, number];
  if (Math.max(top, bottom) < height && Math.max(left, right) < width)
    return backend.node('AveragePool', [image], { kernel_shape, strides, pads });
  // ONNX Runtime rejects padding as wide as the window: pad with zeros explicitly and correct for their number.
  const zeros = (shape: number[]) => backend.node('Expand', [backend.scalar(0, 'float32'), backend.int64(shape)]);
  const { batchSize, inChannels, inHeight, inWidth } = info;
  const edge = (height: number, width: number) =>
    height * width > 0 ? [zeros([batchSize, inChannels, height, width])] : [];
  const tall = [...edge(top, inWidth), image, ...edge(bottom, inWidth)];
  const higher = backend.node('Concat', tall, { axis: 2 });
  const all = inHeight + top + bottom;
  const framed = backend.node('Concat', [...edge(all, left), higher, ...edge(all, right)], { axis: 3 });
  const means = backend.node('AveragePool', [framed], { kernel_shape, strides, pads: [0, 0, 0, 0] });
  const inside = (size: number, out: number, window: number, stride: number, start: number) =>
    Array.from({ length: out }, (_, i) => {
      const from = i * stride - start;
      return Math.max(0, Math.min(from + window, size) - Math.max(from, 0));
    });
  const rows = inside(info.inHeight, info.outHeight, height, info.strideHeight, top);
  const columns = inside(info.inWidth, info.outWidth, width, info.strideWidth, left);
  const shares = rows.flatMap(row => columns.map(column => (row * column) / (height * width)));
  return backend.node('Div', [means, backend.vector(shares, 'float32', [1, 1, rows.length, columns.length])]);
}
