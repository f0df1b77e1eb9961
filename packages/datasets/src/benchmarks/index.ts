export { hasSplitFile } from './all.js';
export type { Place, SplitItems } from './benchmark.js';
export { type MatStruct, type MatValue, readMatFile } from './lists/mat-file.js';
export { benchmarkFolder, type Presence, presence } from './presence.js';
