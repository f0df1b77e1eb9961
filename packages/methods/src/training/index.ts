export { classTargets, type TrainingData, type TrainingDataOptions, trainingData } from './data.js';
export { type FitOptions, fitMethod } from './fit.js';
export {
  type Batch,
  type ClassTargets,
  lossAndGradients,
  lossTerms,
  promptedImages,
  type TrainingStep,
  trainingStep,
} from './step.js';
