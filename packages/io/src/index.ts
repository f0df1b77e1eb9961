export { type DownloadOptions, downloadFile, type FileIdentity, wrongWith } from './download.js';
export { boundedText, type FetchOptions, fetchAddress } from './fetch-address.js';
export {
  type LockOptions,
  lastLockOwner,
  lockFile,
  lockFolder,
  lockOwner,
  ownerName,
  takeLock,
  waitForLock,
} from './lock.js';
export * from './shared.js';
export { checkZip, type ZipSummary } from './zip.js';
