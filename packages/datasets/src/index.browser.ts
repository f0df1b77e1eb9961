export { batches } from './batches.js';
export { createDataset, type Dataset, defaultTemplates, type Item, splits } from './dataset.js';
export { fewShot } from './few-shot.js';
export { cleanClassName } from './own/class-names.js';
export { type FolderOptions, folder } from './own/folder.js';
export { type PythonRandom, pythonRandom } from './random/python-random.js';
export { classSubset, type Subset } from './subset.js';
