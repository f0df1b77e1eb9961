import { sessionOptions } from '../devices/device.js';
import { createSession, sessionTensor } from '../runtime/onnxruntime.js';

/** Named inputs and outputs of a model: typed arrays with their shapes. */
export type NamedTensors = Record<string, { data: Uint8Array | Float32Array; shape: readonly number[] }>;

/** An ONNX model in a session of its own. */
export interface OpenModel {
  run(inputs: NamedTensors, output: string): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Opens the bytes of an ONNX model with ONNX Runtime alone. */
export async function openModel(model: Uint8Array): Promise<OpenModel> {
  const session = await createSession(model, sessionOptions());
  return {
    async run(inputs, output) {
      const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [
        name,
        sessionTensor(data instanceof Uint8Array ? 'uint8' : 'float32', data, shape),
      ]);
      const outputs = await session.run(Object.fromEntries(feeds), [output]);
      return outputs[output]!.data as Float32Array;
    },
    dispose: () => session.release(),
  };
}
