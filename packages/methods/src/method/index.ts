export { savedRun } from './load.js';
export { namedVariables, type SavedRun } from './save.js';
export type { Fit, FitData, LabelledFeatures, MeanOverImages } from './types.js';
