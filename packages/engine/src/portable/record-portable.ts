import type * as tf from '@tensorflow/tfjs-core';
import { activeBackend } from '../backend/backend.js';
import { record } from '../record.js';
import { bytesBelow } from '../runtime/stored-file.js';
import { typedValues } from '../tracing/graph-value.js';
import type { Tree } from '../tree.js';
import { decodePortable, type PortableGraph } from './portable-graph.js';

/**
 * Records a tfjs function as a self-contained graph: traces it once, with the current values of variables and outside
 * tensors as constants.
 *
 * @param fn a function from tensors to tensors, as for `compile`; it must not assign variables
 * @param args tensors of the graph's shapes and types; their values do not matter
 * @returns the graph; its inputs are the tensor arguments that it reads, in order, and its outputs are the results
 * @throws what `compile` throws for the function, and one sentence on backends other than `onnxruntime`
 *
 * @example
 * ```ts
 * import { useDevice } from '@dgprompt/engine';
 * import { recordPortable } from '@dgprompt/engine/portable';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const double = (x: tf.Tensor) => tf.mul(x, 2);
 * const graph = recordPortable(double, [tf.zeros([2, 3])]);
 * console.log(graph.nodes.map(({ op }) => op)); // [ 'Mul' ]
 * ```
 */
export function recordPortable<A extends unknown[]>(fn: (...args: A) => Tree<tf.Tensor>, args: A): PortableGraph {
  const backend = activeBackend();
  if (!backend) throw new Error("Only the backend 'onnxruntime' records graphs: choose it with useDevice().");
  const recording = record(backend, fn as (...args: unknown[]) => unknown, args);
  if (recording.writes.length > 0)
    throw new Error('A function that assigns variables cannot become a graph: return the values instead.');
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
