export { type GoldenClip, goldenClip, isGoldenClip } from './clip.js';
export { makeGolden } from './make-golden.js';
export { type Check, checkGolden, isPublished } from './method-steps.js';
