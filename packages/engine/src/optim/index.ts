export { type AdamState, adamW } from './adamw.js';
export type { Optimizer, Variables } from './optimizer.js';
export { learningRate } from './schedules.js';
export { sgd } from './sgd.js';
