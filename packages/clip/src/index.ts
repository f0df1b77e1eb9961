export { block } from './block.js';
export { type Clip, type ClipParts, createClip } from './clip.js';
export { clipVocabulary } from './clip-vocabulary.js';
export {
  type Activation,
  type ClipConfig,
  checkConfig,
  patchCount,
  type TextConfig,
  type VisionConfig,
} from './config.js';
export { configFromShapes } from './config-from-shapes.js';
export {
  type CachedModel,
  cachedModels,
  cachedSnapshot,
  isHubId,
  type PullOptions,
  type PullProgress,
  pullModel,
  removeModel,
  verifyModel,
} from './hub-model.js';
export { type HubSettings, hubSettings } from './hub-settings.js';
export { type LoadOptions, loadClip } from './load-clip.js';
export type { LockStepOptions, LockStepResult, PromptsFromStates, Seen } from './lock-step.js';
export { normalised } from './normalised.js';
export {
  type BlockWeights,
  type ClipTree,
  clipParameters,
  type NormWeights,
  type Parameter,
  type VisionTree,
} from './parameters.js';
export { type ContextPlace, contextRows, fillTemplate } from './prompt-rows.js';
export type { ResNetTree } from './resnet-parameters.js';
export { openSafetensors, type SafetensorsFile } from './safetensors-read.js';
export { type WriteOptions, writeSafetensors } from './safetensors-write.js';
export type { TensorEntry, TensorFile } from './tensor-file.js';
export type { EnsembleOptions } from './text-ensemble.js';
export { DEFAULT_TEMPLATE, type TextPrompts } from './text-features.js';
export { textTower } from './text-tower.js';
export { type ClipTokenizer, type TokenRows, tokenizerFromJson, tokenRows } from './tokenizer.js';
export { openTorch, type TorchFile } from './torch-file.js';
export {
  classState,
  finishVision,
  isResNet,
  startVision,
  stepVision,
  transformerWeights,
  type VisionPrompts,
  type VisionState,
  visionTower,
} from './vision-tower.js';
export {
  type ClipWeights,
  clipWeightsFromNames,
  clipWeightsToNames,
  disposeWeights,
  initClipWeights,
  type NamedArray,
  type ResNetWeights,
  type TextWeights,
  type VisionWeights,
} from './weights.js';
export type { Classifier, Guess, ZeroShotOptions } from './zero-shot.js';
