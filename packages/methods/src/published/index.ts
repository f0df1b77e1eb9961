export { type ImportOptions, importable, importPublished } from './import.js';
export { isTransposed, type Published, type PublishedShapes, published } from './published.js';
