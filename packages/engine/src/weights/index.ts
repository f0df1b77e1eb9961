export { type StoredFile, type StoredPart, type StoredType, storedFile } from '../runtime/stored-file.js';
export { storedTensor, tensorRows } from './stored-tensor.js';
