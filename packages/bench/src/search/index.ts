export { type GridFactors, isSearchable, type Stage, searchable, searchStages } from './grid.js';
export { searchMarkdown } from './markdown.js';
export type { SearchedMethod, Tried } from './result.js';
export { readSettings, withEarlier } from './settings-file.js';
