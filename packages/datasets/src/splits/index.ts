export { readSplit, type SplitOptions, writeSplit } from './split-file.js';
