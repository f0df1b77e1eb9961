export type { FeatureStore } from '../transforms/transform.js';
export type { FrozenBatch, FrozenRows, FrozenTargets } from './image.js';
export { imagesAtOnce } from './images-at-once.js';
export type { FrozenTextOptions } from './text.js';
