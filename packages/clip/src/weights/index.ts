export {
  type BlockWeights,
  type ClipTree,
  clipParameters,
  type NormWeights,
  type Parameter,
  type VisionTree,
} from './parameters.js';
export type { ResNetTree } from './resnet-parameters.js';
export {
  clipWeightsFromNames,
  clipWeightsToNames,
  disposeWeights,
  initClipWeights,
  type ResNetWeights,
} from './weights.js';
