import { sessionOptions } from '../devices/device.js';
import { createSession, sessionTensor } from '../runtime/onnxruntime.js';

/** Named inputs and outputs of a model: typed arrays with their shapes. */
export type NamedTensors = Record<string, { data: Uint8Array | Float32Array; shape: readonly number[] }>;

/** An open ONNX model. */
export interface OpenModel {
  run(inputs: NamedTensors, output: string): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Opens an ONNX model from its bytes, without tracing or tfjs.
 *
 * @example
 * ```ts
 * import { useDevice } from '@dgprompt/engine';
 * import { encodePortable, openModel, recordPortable } from '@dgprompt/engine/portable';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const double = (x: tf.Tensor) => tf.mul(x, 2);
 * const graph = recordPortable(double, [tf.zeros([2, 3])]);
 * const bytes = encodePortable(graph, { name: 'double', description: '', version: '1', metadata: {} });
 * const model = await openModel(bytes);
 * const input = { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
 * console.log(await model.run({ [graph.inputs[0]!.name]: input }, graph.outputs[0]!.name));
 * // Float32Array(6) [ 2, 4, 6, 8, 10, 12 ]
 * await model.dispose();
 * ```
 */
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
