export { type ClipFile, type ClipSource, type LoadOptions, loadClip } from './checkpoint/load-source.browser.js';
export * from './shared.js';
