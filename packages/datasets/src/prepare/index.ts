export type { PrepareOptions } from './options.js';
export { prepareDataset } from './prepare.js';
export type { DownloadRecipe, Source } from './sources.js';
