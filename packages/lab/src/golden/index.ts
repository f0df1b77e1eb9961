export { type GoldenClip, goldenClip, isGoldenClip } from './clip.js';
export { type Comparison, checkGolden, isPublished } from './method-steps.js';
export { checkZoo, isInZoo } from './zoo/check.js';
