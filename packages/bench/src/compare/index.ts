export { fewPairs } from '../tables/bootstrap.js';
export { type Comparison, compareFolders, compareMethods, type Difference } from './compare.js';
