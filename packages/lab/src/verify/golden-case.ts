import type { ComputePrecision } from '@dgprompt/engine';
import type { Comparison } from '../golden/method-steps.js';

/** A recording of a published implementation, ready for comparison. */
export interface GoldenCase {
  /** Its path in the golden folder, without the extension. */
  name: string;
  /**
   * Runs our code on it.
   * @throws Skipped if this version lacks a part that it needs; any other error is a failure
   */
  run(): Promise<Comparison[]>;
}

/** A case that cannot be checked because this version lacks the part that it covers. */
export class Skipped extends Error {
  override name = 'Skipped';
}

/** A comparison that allows no difference; `wrong` is the number of wrong values, or the error of the worst one. */
export const exact = (what: string, wrong: number): Comparison => ({ what, error: wrong, tolerance: 0 });

/** Whether a comparison holds; false for NaN. */
export const holds = ({ error, tolerance }: Comparison): boolean => error <= tolerance;

/** The half-precision error of logits of a few units: 11 bits for each of some hundred values on the way. */
export const halfTolerance = 0.1;

/** Loosens tower outputs in half precision; schedules, splits and tokens stay exact. */
export const allowedIn = (precision: ComputePrecision | undefined, check: Comparison): Comparison =>
  precision !== 'fp16' || check.tolerance < 1e-6
    ? check
    : { ...check, tolerance: Math.max(check.tolerance, halfTolerance) };

/** The comparison closest to its tolerance, or furthest beyond it. */
export function worstOf(checks: readonly Comparison[]): Comparison {
  const share = ({ error, tolerance }: Comparison) =>
    Number.isNaN(error) ? Number.POSITIVE_INFINITY : error === 0 ? 0 : error / tolerance;
  return checks.reduce((worst, check) => (share(check) > share(worst) ? check : worst));
}

/** The largest difference of two lists; infinite for NaN or a different number of values. */
export function distance(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = Math.abs(values[i]! - expected[i]!);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    if (difference > most) most = difference;
  }
  return most;
}
