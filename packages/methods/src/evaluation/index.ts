export { type Classify, classifier } from './classifier.js';
export { type ClassAccuracy, standardBatch } from './evaluate.js';
export {
  accuracy,
  type Confusion,
  confusions,
  type Examination,
  type ExamineOptions,
  examine,
  type Judgement,
  mistakes,
  perClass,
} from './examine.js';
export { type ContextWords, interpret, type NearWord } from './interpret.js';
export { type Answer, type PredictEachOptions, predictEach } from './predict-each.js';
