export type { GeneratorVariables, Random } from './generator.js';
export { type Guidance, type GuidanceOptions, type GuidanceVariables, guidance } from './guidance.js';
