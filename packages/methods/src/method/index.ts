export { checkDescriptions, sentencesOf } from '../features/descriptions.js';
export type {
  Adaptation,
  ClassesOf,
  Condition,
  Controls,
  Descriptions,
  Fit,
  GivenFrozen,
  GroupSettings,
  LabelledFeatures,
  MeanOverImages,
  PickClasses,
  SetAdaptation,
  Shots,
} from '../learner/types.js';
export type { ResolvedMethod } from './define.js';
export type { GivenOptions, OptionChoices, OptionFacts, OptionRange, OptionRanges, Setting } from './definition.js';
export { optionsSchema } from './option-schema.js';
export { addOptions, mergeOptionText, optionValues, splitOptions } from './option-text.js';
export { flatOptions } from './option-tree.js';
export { type SavedRun, savedRun, type TrainingFacts } from './saved-run.js';
export type { Comparison, Result, Trained, TriedMethod } from './trained.js';
export { namedVariables } from './variables.js';
export { checkWholeImages } from './without-effect.js';
