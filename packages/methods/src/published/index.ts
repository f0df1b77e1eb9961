export { type ImportOptions, importable, importPublished } from './import.js';
export { isTransposed, type Published, published } from './published.js';
