export { findCases } from './find-cases.js';
export { allowedIn, distance, type GoldenCase, halfTolerance, holds, Skipped, worstOf } from './golden-case.js';
