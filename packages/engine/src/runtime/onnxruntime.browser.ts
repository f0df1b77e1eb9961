import type * as ort from 'onnxruntime-web';
import { gpuSession } from './gpu-session.browser.js';
import { wasmSettings } from './wasm-settings.browser.js';

/** The binding to ONNX Runtime in WebAssembly, and in WebGPU: everything else uses it through these names. */
export type Session = ort.InferenceSession;
export type SessionOptions = ort.InferenceSession.SessionOptions;
export type SessionTensor = ort.Tensor;

type Library = typeof ort;

let plain: Promise<Library> | undefined;
let withGpu: Promise<Library> | undefined;

/** Loads ONNX Runtime; the build with WebGPU is twice as large, so it is loaded only on request. */
function library(device: unknown, threads: number): Promise<Library> {
  if (device === 'webgpu') withGpu ??= import('onnxruntime-web/webgpu').then(module => set(module, threads));
  else plain ??= import('onnxruntime-web/wasm').then(module => set(module, threads));
  return device === 'webgpu' ? withGpu! : plain!;
}

let Tensor: typeof ort.Tensor;

async function set(module: Library, threads: number): Promise<Library> {
  requireSimd();
  const { wasm } = module.env;
  const { paths } = wasmSettings();
  if (paths !== undefined) wasm.wasmPaths = paths;
  wasm.numThreads = usableThreads(threads);
  Tensor = module.Tensor;
  return module;
}

/** Threads share memory, which requires a page isolated from other origins. */
const usableThreads = (threads: number): number =>
  globalThis.crossOriginIsolated ? threads || navigator.hardwareConcurrency || 1 : 1;

/** A session that runs the bytes of an ONNX model; the first one sets the number of threads. */
export async function createSession(model: Uint8Array, options: SessionOptions): Promise<Session> {
  const { intraOpNumThreads = 0, ...others } = options;
  const provider = options.executionProviders?.[0];
  const { InferenceSession, env } = await library(provider, intraOpNumThreads);
  const create = () => InferenceSession.create(model, others);
  return provider === 'webgpu' ? gpuSession(env, create) : create();
}

/** A tensor to feed a session: row-major values and their shape. */
export const sessionTensor = (
  type: 'float32' | 'int32' | 'bool' | 'uint8',
  values: Float32Array | Int32Array | Uint8Array,
  shape: readonly number[],
): SessionTensor => new Tensor(type, values as Float32Array, shape);

/** Names of the devices that this browser has. */
export const supportedDevices = (): string[] => ['cpu', ...('gpu' in navigator ? ['webgpu'] : [])];

/** A module with a SIMD function, to test for support. */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

function requireSimd(): void {
  if (!WebAssembly.validate(SIMD))
    throw new Error('The WebAssembly of this browser has no SIMD, which ONNX Runtime needs: use a newer browser.');
}
