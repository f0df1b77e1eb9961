export { type BrokenImage, brokenImages, leaveOut } from './broken-images.js';
export {
  checkAllKnown,
  checkTakesDescriptions,
  type DescriptionsFile,
  descriptionsFor,
  readDescriptions,
} from './descriptions.js';
export { evalTransformFor } from './disk-transform.js';
export { featureStore } from './feature-folder.js';
