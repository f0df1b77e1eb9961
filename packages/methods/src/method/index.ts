export type { ResolvedMethod } from './define.js';
export { savedRun } from './load.js';
export { optionsSchema } from './option-schema.js';
export { addOptions, mergeOptionText } from './option-text.js';
export { flatOptions } from './option-tree.js';
export { namedVariables, type SavedRun } from './save.js';
export type {
  Fit,
  FitData,
  GivenOptions,
  LabelledFeatures,
  MeanOverImages,
  OptionChoices,
  OptionFacts,
  OptionRange,
  OptionRanges,
} from './types.js';
