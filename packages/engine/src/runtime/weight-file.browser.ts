import type { WeightFile } from './weight-file-type.js';

export type { WeightFile } from './weight-file-type.js';

export const WEIGHTS = 'weights';

export function newWeightFile(): WeightFile {
  throw new Error("Precision 'int8' is for Node: leave it at 'fp32'.");
}

export function removeWeightFile(_path: string): void {}
