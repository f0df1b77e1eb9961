export { sharedLayers, visionLayers } from './parts/depth.js';
export { type EpochAverage, epochAverage, gaussianShares } from './parts/epoch-average.js';
