export { featureDrift, logitDrift } from './drift.js';
export { type Features, type RetentionWeights, retention, retentionWeights } from './retention.js';
