export { configFromShapes } from './shapes.js';
export { openTorch, type TorchFile } from './torch/file.js';
