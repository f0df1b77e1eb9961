export { configFromShapes, type PartialConfig } from './shapes.js';
export { openTorch, type TorchFile } from './torch/file.js';
