/** Exports shared by Node and browsers. */

import { registerOnnxRuntime } from './kernels/register.js';

registerOnnxRuntime();

export { type Compiled, type CompileOptions, compile } from './compile.js';
export { activeDevice, builtInDevices, type Compute, type Device, devices, useDevice } from './devices/device.js';
export type { ComputePrecision } from './devices/half-precision.js';
export { attention } from './fused/attention.js';
export { gelu, geluTanh, quickGelu, silu } from './fused/gelu.js';
export { layerNorm } from './fused/layer-norm.js';
export { softmaxCrossEntropy } from './fused/softmax-cross-entropy.js';
export { valueAndGrads } from './gradients.js';
export {
  type AdamState,
  adam,
  adamW,
  learningRate,
  type Optimizer,
  sgd,
  type Variables,
} from './optim/index.js';
export { type SeededRandom, seededRandom } from './random.js';
export type { GraphFacts } from './record.js';
export { collectGarbage } from './runtime/memory.js';
export { leaves, type MappedTree, mapTree, namedLeaves, type Tree } from './tree.js';
