import * as tf from '@tensorflow/tfjs';
import { BACKEND } from '../backend/backend.js';
import { registerOnnxRuntime } from '../backend/register.js';
import { type SessionOptions, supportedDevices } from '../runtime/onnxruntime.js';
import { loadTensorFlow } from '../runtime/tensorflow.js';
import { deviceFault } from './device-fault.js';
import type { ComputePrecision } from './half-precision.js';

export const devices = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const;
export type Device = (typeof devices)[number];

export interface Compute {
  /** Where ONNX Runtime computes; `cpu` by default. */
  device?: Device;
  /** Threads of the CPU engine; 0, the default, means one a core. The same number gives the same bits. */
  threads?: number;
  /**
   * How the device computes the frozen towers: `fp32` (default), or `fp16` on a GPU that has half precision. Variables, their updates and
   * the loss are float32 in any case.
   */
  precision?: ComputePrecision;
  /** `onnxruntime` (default), or `tensorflow`: an installed @tensorflow/tfjs-node-gpu or tfjs-node. */
  backend?: 'onnxruntime' | 'tensorflow' | 'cpu';
}

/** Devices that this machine's ONNX Runtime was built for; `deviceFault` tells whether one starts. */
export const builtInDevices = (): Device[] => devices.filter(device => supportedDevices().includes(device));

let settings = { device: 'cpu' as Device, threads: 0, precision: 'fp32' as ComputePrecision };

/** The device that graphs are written for, from the last `useDevice`; `threads` is 0 where there is one a core. */
export const activeDevice = (): { device: Device; threads: number; precision: ComputePrecision } => settings;

/**
 * Chooses backend, device and threads for everything that is compiled from now on.
 *
 * @throws one sentence when the device or backend is not there, or `threads` is not a whole number from 0 to 512.
 */
export async function useDevice({
  device = 'cpu',
  threads = 0,
  precision = 'fp32',
  backend = BACKEND,
}: Compute = {}): Promise<void> {
  if (!Number.isInteger(threads) || threads < 0 || threads > 512) {
    throw new Error(`threads must be a whole number from 0 (one a core) to 512, not ${threads}.`);
  }
  if (!devices.includes(device)) throw new Error(`There is no device '${device}'. Devices: ${devices.join(', ')}.`);
  if (precision === 'fp16' && (device === 'cpu' || backend !== BACKEND)) {
    throw new Error("Precision 'fp16' is for GPUs: choose the device 'webgpu' or 'cuda', or leave it at 'fp32'.");
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
    settings = { device, threads, precision };
  }
  if (!(await tf.setBackend(backend))) throw new Error(`The tfjs backend '${backend}' could not be started.`);
}

const hint = (device: Device): string => hints[device] ?? '';

const hints: { [device in Device]?: string } = {
  cuda: ' Install onnxruntime-node with its CUDA libraries (ONNXRUNTIME_NODE_INSTALL=cuda12).',
  webgpu: ' It needs a GPU and its driver (on Linux: of Vulkan).',
};

/**
 * How sessions are made, from the last `useDevice`.
 * @param folder where files with the model's weights lie: ONNX Runtime reads no others
 */
export function sessionOptions(folder?: string): SessionOptions {
  return {
    executionProviders: [settings.device],
    enableMemPattern: false, // a plan of all buffers takes as much memory again as the buffers, and saves no time
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(settings.threads > 0 ? { intraOpNumThreads: settings.threads } : {}),
    ...(folder === undefined ? {} : { extra: { session: { model_external_initializers_file_folder_path: folder } } }),
  };
}
