export { batches } from './batches.js';
export { classSubset, type Subset } from './class-subset.js';
export { type Dataset, defaultTemplates, type Item, splits } from './dataset.js';
export { fewShot } from './few-shot.js';
export { type FolderOptions, folder } from './folder.js';
export { nearestName, unknownName } from './nearest-name.js';
export { type PythonRandom, pythonRandom } from './python-random.js';
export { readSplit, type SplitOptions, writeSplit } from './split-file.js';
