export type { FrozenTargets } from './image.js';
export { imagesAtOnce } from './images-at-once.js';
export type { FeatureStore } from './store.js';
