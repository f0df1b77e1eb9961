export { adam } from './adam.js';
export { adamW } from './adamw.js';
export { makeOptimizer } from './make.js';
export type { AdamState } from './moments.js';
export type { Optimizer, Variables } from './optimizer.js';
export {
  publishedSchedule,
  type ScheduleSettings,
  type ScheduleTiming,
  scheduleSettings,
  type Warmup,
} from './schedule-settings.js';
export { checkSchedule, learningRate, learningRateAt, type ScheduleMoment } from './schedules.js';
export {
  type AdamSettings,
  type AdamWSettings,
  type OptimizerSettings,
  optimizerSettings,
  type SgdSettings,
} from './settings.js';
export { sgd } from './sgd.js';
