export { clipLora } from './clip-lora.js';
export { mma } from './mma.js';
export { sharedLayers, visionLayers } from './parts/depth.js';
export { type AverageOptions, epochAverage } from './parts/epoch-average.js';
export { tcp } from './tcp.js';
export { rpo } from './rpo.js';
