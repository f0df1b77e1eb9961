import type * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend/backend.js';

/** Records a kernel: its tfjs inputs and attributes become ONNX nodes of the current graph. */
export type Recorder = (
  backend: OnnxBackend,
  // biome-ignore lint/suspicious/noExplicitAny: tfjs types the inputs and attributes of each kernel by its name only
  inputs: any,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  attributes: any,
) => tf.TensorInfo | tf.TensorInfo[];

/** One family of kernels: tfjs kernel name → its recorder. */
export type KernelTable = Record<string, Recorder>;
