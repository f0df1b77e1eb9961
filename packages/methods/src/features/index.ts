export type { FeatureStore } from '../transforms/transform.js';
export type { FrozenBatch, FrozenRows, FrozenTargets } from './image.js';
export type { FrozenTextOptions } from './text.js';
