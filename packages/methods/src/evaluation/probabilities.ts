import type { Prediction } from '../learner/types.js';

/** Softmax of one row of logits, summed in double precision. */
export function probabilities(logits: Float32Array): number[] {
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = Array.from(logits, z => Math.exp(z - highest));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map(weight => weight / total);
}

/** The index of the largest number; the first one on ties. */
export function largest(row: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  return best;
}

/** Classes with their probabilities, best first. */
export const ranked = (logits: Float32Array, classNames: readonly string[], top: number): Prediction[] =>
  probabilities(logits)
    .map((score, i) => ({ label: classNames[i]!, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, top);
