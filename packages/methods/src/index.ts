export { type EvaluateOptions, type Evaluation, evaluate } from './evaluation/evaluate.js';
export { cosineLogits } from './learner/logits.js';
export type {
  Classes,
  FeaturePair,
  Features,
  LossTerms,
  Method,
  Prediction,
  PromptLearner,
  ProtocolName,
  Recipe,
  TaskInfo,
  Variables,
} from './learner/types.js';
export { type AnyMethod, defineMethod, type MethodFactory, methodVariant, withRecipe } from './method/define.js';
export type { MethodDefinition } from './method/definition.js';
export type { Settings } from './method/options.js';
export type { Epoch } from './training/history.js';
export { type Step, type TrainOptions, train } from './training/train.js';
export { methodNames, resolveMethod } from './zoo/all.js';
export { cocoop } from './zoo/cocoop.js';
export { coop } from './zoo/coop.js';
export { dgprompt } from './zoo/dgprompt.js';
export { ivlp } from './zoo/ivlp.js';
export { kgcoop } from './zoo/kgcoop.js';
export { linearProbe } from './zoo/linear-probe.js';
export { loadMethod } from './zoo/load.js';
export { maple } from './zoo/maple.js';
export { prograd } from './zoo/prograd.js';
export { promptsrc } from './zoo/promptsrc.js';
export { vpt } from './zoo/vpt.js';
export { zeroshot } from './zoo/zeroshot.js';
