export { type Coupled, type Coupling, coupled } from './coupled.js';
export { type DeepText, deepText } from './deep-text.js';
export { type DeepVisual, deepVisual } from './deep-visual.js';
export type { Random, WordSource } from './init.js';
export { type MetaNet, type MetaNetVariables, metaNet } from './meta-net.js';
export { type ContextPosition, type TextContext, type TextContextOptions, textContext } from './text-context.js';
