export type { Prediction } from './evaluation/classifier.js';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluation/evaluate.js';
export { cosineLogits } from './evaluation/logits.js';
export { type AnyMethod, defineMethod, type MethodFactory, methodVariant, withRecipe } from './method/define.js';
export { loadMethod } from './method/load.js';
export type { Settings } from './method/options.js';
export type {
  FeaturePair,
  Features,
  LossTerms,
  Method,
  MethodDefinition,
  PromptLearner,
  ProtocolName,
  Recipe,
  TaskInfo,
  Variables,
} from './method/types.js';
export { type Epoch, type Step, type TrainOptions, train } from './training/train.js';
export { methodNames, resolveMethod } from './zoo/all.js';
export { cocoop } from './zoo/cocoop.js';
export { coop } from './zoo/coop.js';
export { dgprompt } from './zoo/dgprompt.js';
export { ivlp } from './zoo/ivlp.js';
export { kgcoop } from './zoo/kgcoop.js';
export { linearProbe } from './zoo/linear-probe.js';
export { maple } from './zoo/maple.js';
export { prograd } from './zoo/prograd.js';
export { promptsrc } from './zoo/promptsrc.js';
export { vpt } from './zoo/vpt.js';
export { zeroshot } from './zoo/zeroshot.js';
