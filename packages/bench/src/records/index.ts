export { archiveFile, writeArchive } from './archive.js';
export type { Comparable } from './distinguish.js';
export { machine, madeBy, versions } from './environment.js';
export { type Damaged, findRecord, type ReadRecord, readRecord, runFiles, writeRecord } from './record.js';
