export { type BrokenImage, brokenImages, leaveOut } from './broken-images.js';
export { evalTransformFor } from './disk-transform.js';
export { featureStore } from './feature-folder.js';
