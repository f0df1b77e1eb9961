import type { ComputePrecision } from '@dgprompt/engine';
import type { Comparison } from '../golden/method-steps.js';

/** One recording of a published implementation, ready to be compared with. */
export interface GoldenCase {
  /** Its path in the golden folder, without the ending. */
  name: string;
  /**
   * Runs our code on it.
   * @throws Skipped where a part that it needs is not in this version; any other error is a failure
   */
  run(): Promise<Comparison[]>;
}

/** A case that nothing can be said of: the part of the product that it is about does not exist yet. */
export class Skipped extends Error {
  override name = 'Skipped';
}

/** A comparison that allows no difference; `wrong` is how many values, or how far the worst one, is off. */
export const exact = (what: string, wrong: number): Comparison => ({ what, error: wrong, tolerance: 0 });

/** Whether a comparison holds; NaN does not. */
export const holds = ({ error, tolerance }: Comparison): boolean => error <= tolerance;

/** What half precision leaves of logits of a few units: 11 bits for each of some hundred values on the way. */
export const halfTolerance = 0.1;

/** What towers compute may differ by more in half precision; schedules, splits and tokens may not. */
export const allowedIn = (precision: ComputePrecision | undefined, check: Comparison): Comparison =>
  precision !== 'fp16' || check.tolerance < 1e-6
    ? check
    : { ...check, tolerance: Math.max(check.tolerance, halfTolerance) };

/** The comparison that comes closest to its tolerance, or goes farthest beyond it. */
export function worstOf(checks: readonly Comparison[]): Comparison {
  const share = ({ error, tolerance }: Comparison) =>
    Number.isNaN(error) ? Number.POSITIVE_INFINITY : error === 0 ? 0 : error / tolerance;
  return checks.reduce((worst, check) => (share(check) > share(worst) ? check : worst));
}

/** The largest difference of two lists; NaN, or another number of values, is infinitely far. */
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
