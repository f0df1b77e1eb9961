export { archiveFile, writeArchive } from './archive.js';
export { computedIn } from './config.js';
export { type Comparable, methodsOf } from './distinguish.js';
export { machine, madeBy, versions } from './environment.js';
export { bare, own } from './own.js';
export { type Damaged, findRecord, type ReadRecord, readRecord, runFiles, writeRecord } from './record.js';
export { configSchema, mismatch, named } from './schema.js';
