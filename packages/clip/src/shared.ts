/** The exports that Node and browsers share. */

export { type Clip, type ClipParts, createClip } from './clip.js';
export {
  type Activation,
  type ClipConfig,
  checkConfig,
  patchCount,
  type TextConfig,
  type TransformerConfig,
  type VisionConfig,
} from './config.js';
export { type ImageFeatureOptions, imageFeatures } from './image-features.js';
export { type ContextPlace, fillTemplate } from './text/layout.js';
export type { ClipTokenizer, TokenRows } from './text/tokenizer.js';
export type { Adapters, TowerChanges, WeightChange, WeightChanges } from './towers/changes.js';
export type { JointOptions, JointResult, PromptsFromStates, TowerStates } from './towers/joint.js';
export { normalised } from './towers/normalised.js';
export type { EnsembleOptions } from './towers/text-ensemble.js';
export { DEFAULT_TEMPLATE, type TextOptions, type TextPrompts } from './towers/text-features.js';
export type { VisionOptions, VisionPrompts } from './towers/vision.js';
export type { VisionState } from './towers/vision-state.js';
export type { ClipWeights, TextWeights, VisionWeights } from './weights/weights.js';
export type { Guess, ZeroShotClassifier, ZeroShotOptions } from './zero-shot.js';
