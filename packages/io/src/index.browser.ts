export { type LockOptions, lockFile, lockFolder } from './lock.js';
export { fileStamp } from './runtime/file-stamp.js';
export * as posixPath from './runtime/posix-path.browser.js';
export { bytesIn, fileAt, kindAt, namesIn, putFiles, type TabFile, takeFiles } from './runtime/tab-files.browser.js';
export * from './shared.js';
