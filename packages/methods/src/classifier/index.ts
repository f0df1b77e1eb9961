export { type Exported, type ExportOptions, exportModel } from './onnx.js';
export type { ModelInput } from './portable.js';
export { type ClassifierProgress, defaultMethods, type TrainClassifierOptions, trainClassifier } from './train.js';
export { type ExportWebOptions, exportWeb } from './web.js';
export { classifierFiles } from './write.js';
