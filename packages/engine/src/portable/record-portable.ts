import type * as tf from '@tensorflow/tfjs';
import { activeBackend } from '../backend/backend.js';
import { bytesBelow } from '../runtime/stored-file.js';
import { typedValues } from '../tracing/graph-value.js';
import { record } from '../tracing/record.js';
import type { Tree } from '../tree.js';
import { decodePortable, type PortableGraph } from './portable-graph.js';

/**
 * A tfjs function as a graph of its own: traced once, variables and tensors from outside are constants, with the values they have now.
 *
 * @param fn a function of tensors that gives tensors, as `compile` takes it; it must not assign variables
 * @param args tensors of the shapes and types that the graph is for; their values do not matter
 * @returns the graph; its inputs are the tensor arguments that it reads, in order, its outputs the results
 * @throws what `compile` throws for the function, and a sentence on another backend than `onnxruntime`
 */
export function recordPortable<A extends unknown[]>(fn: (...args: A) => Tree<tf.Tensor>, args: A): PortableGraph {
  const backend = activeBackend();
  if (!backend) throw new Error("Only the backend 'onnxruntime' records graphs: choose it with useDevice().");
  const recording = record(backend, fn as (...args: unknown[]) => unknown, args);
  if (recording.writes.length > 0) throw new Error('A function that assigns variables is no graph of its own.');
  const graph = decodePortable(recording.model, (location, offset, length) =>
    bytesBelow(recording.folder, location, offset, length),
  );
  for (const { variable, symbol } of recording.reads) {
    const values = typedValues(backend.readSync(variable.dataId) as Float32Array, symbol.dtype);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    graph.constants.set(symbol.name, { dtype: symbol.dtype, shape: symbol.shape, bytes });
  }
  graph.inputs = graph.inputs.filter(({ name }) => !graph.constants.has(name));
  return graph;
}
