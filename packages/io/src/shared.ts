/** Exports shared by Node and browsers. */

export { bytes } from './bytes.js';
export { cacheFolder } from './cache-folder.js';
export { contentDigest, type DigestOptions, digests } from './digest/digest.js';
export { duration, type TimeLeft, timeLeft } from './duration.js';
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half.js';
export { codeSpan, markdownText } from './markdown-text.js';
export { nearestName, unknownName } from './nearest-name.js';
export { type JsonBudget, parseJson, repeatedKey } from './parse-json.js';
export { prefetch } from './prefetch.js';
export { printable } from './printable.js';
export type { OnProgress, Progress } from './progress.js';
export { type RandomStream, randomStream } from './random.js';
export { type Environment, environment, homeFolder } from './runtime/environment.js';
export {
  errorCode,
  freeSpace,
  listFolder,
  makeFolder,
  movePath,
  pathExists,
  readBytes,
  readPlainFile,
  readReason,
  removePath,
} from './runtime/files.js';
export { fileHashes, type HashKind, sha256Hex } from './runtime/hash.js';
export type { LockOwner } from './runtime/lock.js';
export { type OpenFile, openFile } from './runtime/open-file.js';
export { baseName, folderOf, joinPath, resolvePath } from './runtime/paths.js';
export { readText, readTextSync } from './runtime/text-file.js';
export { ELEMENT_TYPES } from './safetensors/element-types.js';
export { openSafetensors, type SafetensorsFile } from './safetensors/read.js';
export { type TensorEntry, type TensorFile, tensorReader } from './safetensors/tensor-file.js';
export { type NamedArray, type WriteOptions, writeSafetensors } from './safetensors/write.js';
export { splitList } from './split-list.js';
export { cannotWrite, checkWritable, folderFor, writeFileAtomic, writePartsAtomic } from './write.js';
