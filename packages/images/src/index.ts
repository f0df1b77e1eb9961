export { useImageWorkers } from './pixel-pool.js';
export * from './shared.js';
