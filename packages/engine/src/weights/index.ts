export {
  type StoredFile,
  type StoredPart,
  type StoredType,
  storedFile,
  storedTensor,
  tensorRows,
} from './stored-tensor.js';
