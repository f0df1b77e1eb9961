export { featureDrift, logitDrift } from './drift.js';
export { type Outputs, type RetentionWeights, retention, retentionWeights } from './retention.js';
