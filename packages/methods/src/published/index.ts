export { type ImportOptions, importable, importPublished } from './import.js';
export { publishedPrompts } from './prompts.js';
export { published } from './published.js';
export { type Place, type Published, type PublishedFile, type PublishedShapes, placeParts } from './types.js';
