export { type DiskCacheOptions, diskCache } from './disk-cache.js';
export { missingFiles } from './missing-files.js';
