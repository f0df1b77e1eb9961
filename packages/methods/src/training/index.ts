export { type Images, promptedImages } from '../learner/forward.js';
export { classTargets, type TrainingData, type TrainingDataOptions, trainingData } from './data.js';
export { type Keep, keptEpoch } from './keep.js';
export { type Batch, type ClassTargets, lossAndGradients, lossTerms } from './loss.js';
export { type TrainingStep, trainingStep, type UpdateOptions } from './step.js';
export type { TrainProgress } from './train.js';
