export { fewPairs } from '../tables/bootstrap.js';
export { type ComparisonList, compareFolders, compareMethods, compareWithAll } from './compare.js';
export type { Comparison, Difference } from './differences.js';
export { differencesSheet } from './differences-sheet.js';
export type { UnlikeSetting } from './unlike.js';
