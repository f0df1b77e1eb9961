export type { Views } from '@dgprompt/images';
export { chanceWarning } from './chance.js';
export { adaptsAlone, type Classified, type ClassifyOptions, classify, standardBatch } from './classify.js';
export { type Examination, type ExamineOptions, examine } from './examine.js';
export {
  type ControlResult,
  controlTitles,
  type ExplainOptions,
  type Explanation,
  explain,
} from './explain/explain.js';
export { accuraciesOf, type Interval, type Outcomes, pairedInterval } from './explain/outcomes.js';
export { type Inference, inference } from './inference.js';
export { type ContextVectors, type ContextWords, contextVectors, interpret, type NearWord } from './interpret.js';
export { type Answer, type PredictEachOptions, predictEach } from './predict.js';
export type { ClassAccuracy, Confusion, DetailedScore, Judgement, Score } from './score.js';
