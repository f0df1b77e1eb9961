export { type Generator, type GeneratorOptions, type GeneratorVariables, generator } from './generator.js';
export { type Guidance, type GuidanceOptions, type GuidanceVariables, guidance } from './guidance.js';
