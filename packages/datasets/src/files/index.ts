export { isArchiveName, unpackedFolder } from './archive.js';
export { type DiskCacheOptions, diskCache } from './disk-cache.js';
export { isBesidePictures } from './listing.js';
