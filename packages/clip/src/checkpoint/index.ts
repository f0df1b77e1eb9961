export { openTensorFile } from './files.js';
export { configFromShapes, type PartialConfig, type Shapes } from './shapes.js';
export { openTorch, type TorchFile } from './torch/file.js';
