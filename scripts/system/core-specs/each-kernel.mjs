import * as tf from '@tensorflow/tfjs-core';
import { OnnxBackend } from '../../../packages/engine/src/backend/backend.ts';
import { recorders, registerOnnxRuntime } from '../../../packages/engine/src/kernels/register.ts';
import { graphType, tensorsOf, typedValues } from '../../../packages/engine/src/tracing/graph-value.ts';
import { encodeModel } from '../../../packages/engine/src/tracing/onnx-model.ts';
import { freshName, neededNodes, newTrace } from '../../../packages/engine/src/tracing/trace.ts';
import { runModel } from './run-model.mjs';

/** Names of the recorded kernels used by the current spec. */
export const used = new Set();

/** Turns every call of a recorded kernel, outside `compile` too, into a separate graph whose inputs are all fed. */
export function compileEachKernel() {
  registerOnnxRuntime();
  const kernels = new Map(tf.getKernelsForBackend('onnxruntime').map(kernel => [kernel.kernelName, kernel]));
  for (const [kernelName, recorder] of Object.entries(recorders)) {
    const kernel = kernels.get(kernelName);
    tf.unregisterKernel(kernelName, 'onnxruntime');
    tf.registerKernel({ ...kernel, kernelFunc: compiled({ ...kernel, recorder }) });
  }
}

const inGraphs = new Set(['float32', 'int32', 'bool']);

const compiled = kernel => parameters => {
  const { inputs, attrs, backend } = parameters;
  const given = tensorsOf(inputs);
  if (!given.every(({ dtype }) => inGraphs.has(dtype)) || !inGraphs.has(attrs?.dtype ?? 'bool'))
    return kernel.kernelFunc(parameters);
  used.add(kernel.kernelName);
  const { model, feeds, results, isList } = graphOf(backend, kernel.recorder, inputs, attrs ?? {});
  const outputs = runModel(model, feeds);
  const made = results.map(({ name, shape, dtype, same }) => {
    if (!same) return backend.makeTensorInfo([...shape], dtype, outputs[name].data);
    backend.incRef(same.dataId);
    return { dataId: same.dataId, shape, dtype };
  });
  return isList ? made : made[0];
};

/** The graph of one kernel, with its feeds. */
function graphOf(backend, recorder, inputs, attrs) {
  const trace = newTrace();
  const recording = new OnnxBackend();
  recording.trace = trace;
  const symbols = [];
  const feeds = {};
  const originals = new Map();
  const symbolOf = x => {
    const symbol = { name: freshName(trace, 'x'), shape: x.shape, dtype: graphType(x.dtype) };
    symbols.push(symbol);
    feeds[symbol.name] = { ...symbol, values: typedValues(backend.readSync(x.dataId), symbol.dtype) };
    const info = recording.symbolic(symbol.name, symbol.shape, symbol.dtype);
    originals.set(info.dataId, x);
    return info;
  };
  const symbolic = Object.fromEntries(
    Object.entries(inputs).map(([name, x]) => [name, x && (Array.isArray(x) ? x.map(symbolOf) : symbolOf(x))]),
  );
  const recorded = recorder(recording, symbolic, attrs);
  const results = [recorded].flat().map(x => {
    const name = freshName(trace, 'y');
    trace.nodes.push({ op: 'Identity', domain: '', inputs: [recording.nameOf(x)], outputs: [name], attributes: {} });
    return { name, shape: x.shape, dtype: graphType(x.dtype), same: originals.get(x.dataId) };
  });
  return { ...model(trace, symbols, results, feeds), results, isList: Array.isArray(recorded) };
}

function model(trace, inputs, outputs, feeds) {
  const { nodes, names } = neededNodes(
    trace.nodes,
    outputs.map(({ name }) => name),
  );
  const read = inputs.filter(({ name }) => names.has(name));
  const initializers = [...trace.initializers.values()].filter(({ name }) => names.has(name));
  return {
    model: encodeModel({ nodes, initializers, inputs: read, outputs }),
    feeds: Object.fromEntries(read.map(({ name }) => [name, feeds[name]])),
  };
}
