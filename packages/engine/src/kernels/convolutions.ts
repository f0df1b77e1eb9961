import * as tf from '@tensorflow/tfjs';
import type { KernelTable } from './kernel.js';

/**
 * tfjs lays images out as [B, height, width, channels], ONNX as [B, channels, height, width]; ONNX Runtime takes out
 * the turns between.
 */
const TO_ONNX = { perm: [0, 3, 1, 2] };
const FROM_ONNX = { perm: [0, 2, 3, 1] };

const edges = ({ top, left, bottom, right }: { top: number; left: number; bottom: number; right: number }) => [
  top,
  left,
  bottom,
  right,
];

export const convolutionKernels: KernelTable = {
  /** Without a gradient: nothing frozen is differentiated, and no prompt enters a convolutional tower. */
  Conv2D: (backend, { x, filter }, { strides, pad, dataFormat, dilations, dimRoundingMode }) => {
    if (dataFormat !== 'NHWC') throw new Error('conv2d with dataFormat NCHW cannot be compiled: transpose its input.');
    const info = tf.backend_util.computeConv2DInfo(x.shape, filter.shape, strides, dilations, pad, dimRoundingMode);
    const image = backend.node('Transpose', [backend.nameOf(x)], TO_ONNX);
    const kernel = backend.node('Transpose', [backend.nameOf(filter)], { perm: [3, 2, 0, 1] });
    const out = backend.node('Conv', [image, kernel], {
      kernel_shape: [info.filterHeight, info.filterWidth],
      strides: [info.strideHeight, info.strideWidth],
      dilations: [info.dilationHeight, info.dilationWidth],
      pads: edges(info.padInfo),
    });
    const each = info.filterHeight * info.filterWidth * info.inChannels;
    backend.trace!.operations.set(out, 2 * tf.util.sizeFromShape(info.outShape) * each);
    return backend.emit('Transpose', [out], info.outShape, 'float32', FROM_ONNX);
  },
  /** Each channel by itself, with filters [k, k, channels, 1]; without a gradient, as above. */
  DepthwiseConv2dNative: (backend, { x, filter }, { strides, pad, dilations, dimRoundingMode }) => {
    const [height, width, channels, multiplier] = filter.shape;
    if (multiplier !== 1) throw new Error('depthwiseConv2d with more than one filter per channel cannot be compiled.');
    const info = tf.backend_util.computeConv2DInfo(
      x.shape,
      filter.shape,
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true /* depthwise */,
    );
    const image = backend.node('Transpose', [backend.nameOf(x)], TO_ONNX);
    const kernel = backend.node('Transpose', [backend.nameOf(filter)], { perm: [2, 3, 0, 1] }); // [channels, 1, k, k]
    const out = backend.node('Conv', [image, kernel], {
      group: channels,
      kernel_shape: [height, width],
      strides: [info.strideHeight, info.strideWidth],
      dilations: [info.dilationHeight, info.dilationWidth],
      pads: edges(info.padInfo),
    });
    backend.trace!.operations.set(out, 2 * tf.util.sizeFromShape(info.outShape) * height * width);
    return backend.emit('Transpose', [out], info.outShape, 'float32', FROM_ONNX);
  },
  AvgPool: (backend, { x }, { filterSize, strides, pad, dimRoundingMode }) => {
    const info = tf.backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
    const image = backend.node('Transpose', [backend.nameOf(x)], TO_ONNX);
    const out = backend.node('AveragePool', [image], {
      kernel_shape: [info.filterHeight, info.filterWidth],
      strides: [info.strideHeight, info.strideWidth],
      pads: edges(info.padInfo),
    });
    return backend.emit('Transpose', [out], info.outShape, 'float32', FROM_ONNX);
  },
};
