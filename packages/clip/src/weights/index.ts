export type { ConvNextBlock, ConvNextStage, ConvNextTree } from './convnext-parameters.js';
export type { Parameter, Start } from './parameter.js';
export {
  type BlockWeights,
  type ClipTree,
  clipParameters,
  type MlpWeights,
  type NormWeights,
  type PoolWeights,
  type TextTree,
  type VisionTree,
} from './parameters.js';
export type { BottleneckWeights, ConvolutionWeights, LinearWeights, ResNetTree } from './resnet-parameters.js';
export {
  clipWeightsFromNames,
  clipWeightsToNames,
  disposeWeights,
  initClipWeights,
  type NormalAndUniform,
  type ResNetWeights,
  type VisionTowerWeights,
} from './weights.js';
