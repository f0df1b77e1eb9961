export { type ClassMemory, classMemory, type MemoryOptions, type MemoryShots, memoryShift } from './class-memory.js';
export type { GeneratorVariables, Random } from './generator.js';
export { type Guidance, type GuidanceOptions, type GuidanceVariables, guidance } from './guidance.js';
export { jointByMass, jointByOffset } from './joint-logits.js';
