import { createRequire } from 'node:module';
import type ort from 'onnxruntime-node';

// ONNX Runtime collects usage events unless this is set before it is loaded, so it is not imported but required here.
process.env.ORT_DISABLE_TELEMETRY ??= '1';
const { InferenceSession, listSupportedBackends, Tensor } = createRequire(import.meta.url)(
  'onnxruntime-node',
) as typeof ort;

/** The binding to ONNX Runtime: everything else in the package uses it through these names. */
export type Session = ort.InferenceSession;
export type SessionOptions = ort.InferenceSession.SessionOptions;
export type SessionTensor = ort.Tensor;

/** A session that runs the bytes of an ONNX model. */
export const createSession = (model: Uint8Array, options: SessionOptions): Promise<Session> =>
  InferenceSession.create(model, options);

/** A tensor to feed a session: row-major values and their shape. */
export const sessionTensor = (
  type: 'float32' | 'int32' | 'bool' | 'uint8',
  values: Float32Array | Int32Array | Uint8Array,
  shape: readonly number[],
): SessionTensor => new Tensor(type, values as Float32Array, shape);

/** Names of the devices that this build of ONNX Runtime supports. */
export const supportedDevices = (): string[] => listSupportedBackends().map(({ name }) => name);
