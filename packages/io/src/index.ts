export { bytes } from './bytes.js';
export { cacheFolder } from './cache-folder.js';
export { checkFile, downloadFile, type FileIdentity } from './download.js';
export { duration, type TimeLeft, timeLeft } from './duration.js';
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half.js';
export { fileDigest } from './hash.js';
export { nearestName, unknownName } from './nearest-name.js';
export { prefetch } from './prefetch.js';
export { ELEMENT_TYPES } from './safetensors/element-types.js';
export { openSafetensors, type SafetensorsFile } from './safetensors/read.js';
export {
  openFile,
  readBytes,
  readInto,
  type TensorEntry,
  type TensorFile,
  tensorReader,
} from './safetensors/tensor-file.js';
export { type NamedArray, type WriteOptions, writeSafetensors } from './safetensors/write.js';
export { splitList } from './split-list.js';
export { cannotWrite, checkWritable, folderFor, writeFileAtomic } from './write.js';
