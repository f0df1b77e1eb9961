export { type Exported, type ExportOptions, exportModel } from './onnx.js';
export type { ClassifierProgress, TrainClassifierOptions } from './options.js';
export type { ModelInput } from './portable.js';
export { defaultMethods, trainClassifier } from './train.js';
export { classifierFiles } from './write.js';
