export { type Comparison, compareFolders, compareMethods, type Difference } from './compare.js';
