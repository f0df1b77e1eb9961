export { archiveFile, writeArchive } from './archive.js';
export type { Comparable } from './distinguish.js';
export { environment, machine, madeBy, versions } from './environment.js';
export { type Damaged, findRecord, readRecord, runFiles, writeRecord } from './record.js';
