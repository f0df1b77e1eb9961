import { registerOnnxRuntime } from './register.js';

registerOnnxRuntime();

export { type Compiled, type CompileOptions, compile, type GraphFacts } from './compile.js';
export { activeDevice, builtInDevices, type Device, type DeviceOptions, devices, useDevice } from './device.js';
export { deviceFault } from './device-fault.js';
export type { ComputePrecision } from './devices/half-precision.js';
export { type Placement, placementOn } from './devices/placement.js';
export { collectGarbage } from './free-memory.js';
export { attention } from './fused/attention.js';
export { gelu, quickGelu } from './fused/gelu.js';
export { layerNorm } from './fused/layer-norm.js';
export { softmaxCrossEntropy } from './fused/softmax-cross-entropy.js';
export { valueAndGrads } from './gradients.js';
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half.js';
export { adamW, type Optimizer, sgd } from './optimizers.js';
export * from './portable/index.js';
export { type KernelTime, type ProfileOptions, profileSessions, readProfiles } from './profile.js';
export { type SeededRandom, seededRandom } from './random.js';
export {
  type StoredFile,
  type StoredPart,
  type StoredType,
  storedFile,
  storedTensor,
  tensorRows,
} from './stored-tensor.js';
export { leaves, mapTree, namedLeaves, type Tree } from './tree.js';
