export { type LoadOptions, loadClip } from './checkpoint/load.js';
export * from './shared.js';
