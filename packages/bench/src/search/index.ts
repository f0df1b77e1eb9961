export { type GridFactors, gridFactors, isSearchable, searchable, searchStages } from './grid.js';
export { searchMarkdown } from './markdown.js';
export type { Tried } from './result.js';
export { readSettings, withEarlier } from './settings-file.js';
