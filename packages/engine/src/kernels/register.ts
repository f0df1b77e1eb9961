import * as tf from '@tensorflow/tfjs-core';
import { BACKEND, OnnxBackend } from '../backend/backend.js';
import { standIn } from '../backend/variables.js';
import { graphType, type KernelInputs, tensorsOf } from '../tracing/graph-value.js';
import { binaryKernels } from './binary.js';
import { convolutionKernels } from './convolutions.js';
import { fusedKernels } from './fused.js';
import { indexingKernels } from './indexing.js';
import type { KernelTable, Recorder } from './kernel.js';
import { matmulKernels } from './matmul.js';
import { reductionKernels } from './reductions.js';
import { shapeKernels } from './shapes.js';
import { gradients } from './tfjs-gradients.js';
import { unaryKernels } from './unary.js';

/** Every kernel that can be part of a compiled function. Add new ones to the table of their family. */
const tables: KernelTable = {
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...indexingKernels,
  ...matmulKernels,
  ...convolutionKernels,
  ...fusedKernels,
};

/** Computes nothing for empty tensors: not all of ONNX Runtime's operators accept them. */
function ofValuesOnly(recorder: Recorder): Recorder {
  return (backend, inputs, attributes) => {
    const emptied = (x: tf.TensorInfo): tf.TensorInfo => {
      if (tf.util.sizeFromShape(x.shape) > 0) return x;
      backend.disposeData(x.dataId);
      return backend.symbolic(backend.vector([], graphType(x.dtype), x.shape), x.shape, x.dtype);
    };
    const made = recorder(backend, inputs, attributes);
    return Array.isArray(made) ? made.map(emptied) : emptied(made);
  };
}

export const recorders: KernelTable = Object.fromEntries(
  Object.entries(tables).map(([name, recorder]) => [name, ofValuesOnly(recorder)]),
);

/**
 * Kernels recorded even if all their inputs are constants: computing them in JavaScript would take too long.
 */
const heavy = new Set(['BatchMatMul', 'Conv2D', 'DepthwiseConv2dNative', 'Fill', ...Object.keys(fusedKernels)]);

function record(kernelName: string, recorder: Recorder | undefined, onCpu: tf.KernelFunc | undefined): tf.KernelFunc {
  return ({ inputs, attrs, backend: given }) => {
    const backend = given as OnnxBackend;
    const { trace } = backend;
    if (onCpu && !trace) return onCpu({ inputs, attrs, backend });
    const tensors = tensorsOf(inputs as KernelInputs);
    for (const x of tensors) if (x instanceof tf.Variable && trace) standIn(backend, trace, x);
    const constant = !tensors.some(x => backend.isSymbolic(x) || backend.storedOf(x));
    if (onCpu && constant && !heavy.has(kernelName)) return onCpu({ inputs, attrs, backend });
    if (!recorder) {
      throw new Error(
        `The tfjs op ${kernelName} cannot be compiled: add a recorder for it to the table of its family in ` +
          'packages/engine/src/kernels.',
      );
    }
    return recorder(backend, inputs, attrs ?? {});
  };
}

/**
 * Registers the backend, and tfjs's gradients, which tfjs-core alone does not register. Importing the package calls
 * this. A second copy of the package uses the first one's backend.
 */
export function registerOnnxRuntime(): void {
  if (tf.findBackendFactory(BACKEND)) return;
  for (const gradient of gradients) if (!tf.getGradient(gradient.kernelName)) tf.registerGradient(gradient);
  // Above tfjs-cpu's priority: the default for programs that choose no backend.
  tf.registerBackend(BACKEND, () => new OnnxBackend(), 5);
  const onCpu = new Map(tf.getKernelsForBackend('cpu').map(kernel => [kernel.kernelName, kernel]));
  for (const kernelName of new Set([...onCpu.keys(), ...Object.keys(recorders)])) {
    const cpu = onCpu.get(kernelName);
    const kernelFunc = record(kernelName, recorders[kernelName], cpu?.kernelFunc);
    tf.registerKernel({ ...cpu, kernelName, backendName: BACKEND, kernelFunc });
  }
}
