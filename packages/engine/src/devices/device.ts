import * as tf from '@tensorflow/tfjs-core';
import { BACKEND } from '../backend/backend.js';
import { probeSaturation } from '../int8/saturation.js';
import { registerOnnxRuntime } from '../kernels/register.js';
import { type SessionOptions, supportedDevices } from '../runtime/onnxruntime.js';
import { loadTensorFlow } from '../runtime/tensorflow.js';
import { deviceFault } from './device-fault.js';
import type { ComputePrecision } from './half-precision.js';

export const devices = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
export type Device = (typeof devices)[number];

const precisions: readonly ComputePrecision[] = ['fp32', 'fp16', 'int8'];

/** Where and how to compute. */
export interface Compute {
  /** ONNX Runtime's device; default `cpu`. */
  device?: Device;
  /** CPU threads; 0, the default, means one per core. Results are bit-identical for the same number of threads. */
  threads?: number;
  /**
   * Precision of the frozen towers: `fp32` (default), `fp16` on a GPU with half precision, or `int8` on the CPU, for
   * products with a checkpoint's frozen matrices, forward and backward. Variables, their updates and the loss are
   * always float32.
   */
  precision?: ComputePrecision;
  /** `onnxruntime` (default), or `tensorflow`: an installed @tensorflow/tfjs-node-gpu or tfjs-node. */
  backend?: 'onnxruntime' | 'tensorflow' | 'cpu';
}

/**
 * Devices that this build of ONNX Runtime supports. `deviceFault` from `@dgprompt/engine/devices` checks whether one
 * works.
 *
 * @example
 * ```ts
 * import { builtInDevices } from '@dgprompt/engine';
 *
 * console.log(builtInDevices().includes('cpu')); // true
 * ```
 */
export const builtInDevices = (): Device[] => devices.filter(device => supportedDevices().includes(device));

let settings = { device: 'cpu' as Device, threads: 0, precision: 'fp32' as ComputePrecision };

/**
 * Settings of the last call to `useDevice`; `threads` is 0 for one per core.
 *
 * @example
 * ```ts
 * import { activeDevice, useDevice } from '@dgprompt/engine';
 *
 * await useDevice({ threads: 2 });
 * console.log(activeDevice()); // { device: 'cpu', threads: 2, precision: 'fp32' }
 * await useDevice();
 * ```
 */
export const activeDevice = (): { device: Device; threads: number; precision: ComputePrecision } => settings;

/**
 * Chooses the backend, device and threads for everything compiled from now on.
 *
 * @throws one sentence if the device or backend is not available, for a device with a backend other than
 *   `onnxruntime`, an unknown precision, or `threads` that are not a whole number from 0 to 512
 *
 * @example
 * ```ts
 * import { useDevice } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice({ device: 'cpu', threads: 1 });
 * console.log(tf.getBackend()); // onnxruntime
 * ```
 */
export async function useDevice({
  device = 'cpu',
  threads = 0,
  precision = 'fp32',
  backend = BACKEND,
}: Compute = {}): Promise<void> {
  if (!Number.isInteger(threads) || threads < 0 || threads > 512) {
    throw new Error(`threads must be a whole number from 0 (one per core) to 512, not ${threads}.`);
  }
  if (!devices.includes(device)) throw new Error(`There is no device '${device}'. Devices: ${devices.join(', ')}.`);
  if (!precisions.includes(precision))
    throw new Error(`There is no precision '${precision}'. Precisions: ${precisions.join(', ')}.`);
  if (device !== 'cpu' && backend !== BACKEND)
    throw new Error(
      `Device '${device}' is one of ONNX Runtime's, which the backend '${backend}' ignores: leave out device or backend.`,
    );
  if (precision === 'fp16' && (device === 'cpu' || backend !== BACKEND)) {
    throw new Error("Precision 'fp16' is for GPUs: choose the device 'webgpu' or 'cuda', or leave it at 'fp32'.");
  }
  if (precision === 'int8' && (device !== 'cpu' || backend !== BACKEND)) {
    throw new Error("Precision 'int8' is for ONNX Runtime on the CPU: leave device and backend out, or choose 'fp32'.");
  }
  if (backend === 'tensorflow' && !tf.findBackendFactory('tensorflow')) await loadTensorFlow();
  else if (backend === BACKEND) {
    registerOnnxRuntime();
    const present = builtInDevices();
    if (!present.includes(device)) {
      throw new Error(
        `Device '${device}' is not available: this machine's ONNX Runtime has ${present.join(', ')}.${hint(device)}`,
      );
    }
    const fault = device === 'cpu' ? undefined : await deviceFault(device);
    if (fault !== undefined)
      throw new Error(`Device '${device}' does not start on this machine: ${fault}.${hint(device)}`);
    if (precision === 'fp16' && (await deviceFault(device, precision)) !== undefined)
      throw new Error(`Device '${device}' of this machine does not compute in half precision: leave it at 'fp32'.`);
    if (precision === 'int8') await probeSaturation();
  }
  if (!(await tf.setBackend(backend))) throw new Error(`The tfjs backend '${backend}' could not be started.`);
  settings = { device, threads, precision };
}

const hint = (device: Device): string => hints[device] ?? '';

const hints: { [device in Device]?: string } = {
  cuda: ' Install onnxruntime-node with its CUDA libraries (ONNXRUNTIME_NODE_INSTALL=cuda12).',
  webgpu: ' It needs a GPU and its driver (on Linux: of Vulkan).',
};

/**
 * Session options, from the last call to `useDevice`.
 *
 * @param folder folder of the model's weight files: ONNX Runtime reads no others
 */
export function sessionOptions(folder?: string): SessionOptions {
  return {
    executionProviders: [settings.device],
    enableMemPattern: false, // planning all buffers takes as much memory as the buffers and saves no time
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4, // errors are thrown
    ...(settings.threads > 0 ? { intraOpNumThreads: settings.threads } : {}),
    ...(folder === undefined ? {} : { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
  };
}
