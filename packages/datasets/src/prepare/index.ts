export { extractMidFrames, type MidFrameOptions } from './mid-frames.js';
export type { PrepareOptions } from './options.js';
export { prepareDataset } from './prepare.js';
export { type DownloadRecipe, recipes, type Source } from './sources.js';
