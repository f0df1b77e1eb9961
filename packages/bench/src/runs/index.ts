export { canonicalJson, configHash, type Json, runName } from './config.js';
export { ownerOf, runningOwner, takeRun } from './lock.js';
export { findFailure, keepFailure, type Outcome, type RunFailure } from './perform.js';
export { type PlanOptions, planExperiment, plannedCount, planRuns, type RunName } from './plan.js';
export { type PlanFile, readPlan, writePlan } from './plan-file.js';
export { differences, environmentChanges } from './repeat.js';
export {
  type Performed,
  type Predictions,
  prepareRun,
  type Run,
  type RunOptions,
  type RunProgress,
  type RunSetting,
} from './run.js';
export { type BenchSettings, type Opened, openSettings } from './settings.js';
export { storageError } from './storage-error.js';
export { type PlanWorker, planWorker } from './worker.js';
