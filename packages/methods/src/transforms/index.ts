export type { TransformOptions, Transforms } from './for-training.js';
export { cachedTransform, evalTransform, type Transform, trainTransform } from './transform.js';
