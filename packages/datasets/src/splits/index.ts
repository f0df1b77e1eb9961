export { splitClasses, splitTrainVal } from './random-split.js';
export { readSplit, type SplitOptions, writeSplit } from './split-file.js';
