export { type ClassMemory, classMemory, memoryShift } from './class-memory.js';
export type { GeneratorVariables, Random } from './generator.js';
export { type Guidance, type GuidanceOptions, type GuidanceVariables, guidance } from './guidance.js';
export { jointByMass, jointByOffset } from './joint-logits.js';
export type { MemoryOptions, MemoryShots } from './memory-shots.js';
