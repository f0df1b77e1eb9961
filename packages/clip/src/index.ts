export { block } from './block.js';
export {
  type Activation,
  type ClipConfig,
  checkConfig,
  patchCount,
  type TextConfig,
  type VisionConfig,
} from './config.js';
export { type BlockWeights, type ClipTree, clipParameters, type NormWeights, type Parameter } from './parameters.js';
export { openSafetensors, type SafetensorsFile, type TensorEntry } from './safetensors-read.js';
export { type WriteOptions, writeSafetensors } from './safetensors-write.js';
export { textTower } from './text-tower.js';
export { type VisionPrompts, visionTower } from './vision-tower.js';
export {
  type ClipWeights,
  clipWeightsFromNames,
  clipWeightsToNames,
  disposeWeights,
  initClipWeights,
  type NamedArray,
  type TextWeights,
  type VisionWeights,
} from './weights.js';
