export { canonicalJson, configHash, type Json, runName } from '../records/config.js';
export { differences, environmentChanges } from '../records/differences.js';
export { type BenchSettings, type Opened, openSettings } from '../settings.js';
export { ownerOf, runningOwner, takeRun } from './lock.js';
export { findFailure, keepFailure, type Outcome, type RunFailure } from './perform.js';
export { type PlanOptions, planExperiment, plannedCount, planRuns } from './plan.js';
export { type PlanFile, readPlan, writePlan } from './plan-file.js';
export type { RunName } from './planned.js';
export {
  type Performed,
  type Predictions,
  prepareRun,
  type Run,
  type RunOptions,
  type RunProgress,
  type RunSetting,
} from './run.js';
export { storageError } from './storage-error.js';
export { type PlanWorker, planWorker } from './worker.js';
