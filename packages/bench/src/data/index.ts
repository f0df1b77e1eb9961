export { type BrokenImage, brokenImages, leaveOut } from './broken-images.js';
export { keptViews } from './disk-views.js';
export { featureStore } from './feature-folder.js';
export { fingerprint } from './fingerprint.js';
