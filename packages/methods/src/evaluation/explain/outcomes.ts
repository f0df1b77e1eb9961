import { randomStream } from '@dgprompt/io';

/** Counts of a test's images by where they are classified correctly; enough for differences and their intervals. */
export interface Outcomes {
  /** By the method and under the control. */
  both: number;
  /** By the method alone. */
  lost: number;
  /** Under the control alone. */
  gained: number;
  neither: number;
}

/** Bounds of a 95 % interval, in percentage points. */
export interface Interval {
  low: number;
  high: number;
}

/** Counts outcomes. @param before predicted classes of the method, @param after under the control */
export function outcomesOf(labels: readonly number[], before: Int32Array, after: Int32Array): Outcomes {
  const counts: Outcomes = { both: 0, lost: 0, gained: 0, neither: 0 };
  labels.forEach((label, i) => {
    const [was, is] = [before[i] === label, after[i] === label];
    counts[was ? (is ? 'both' : 'lost') : is ? 'gained' : 'neither']++;
  });
  return counts;
}

const totalOf = ({ both, lost, gained, neither }: Outcomes): number => both + lost + gained + neither;

/**
 * Accuracies of the method (`right`) and under the control (`top1`), in percent.
 *
 * @example
 * ```ts
 * import { accuraciesOf } from '@dgprompt/methods/evaluation';
 *
 * console.log(accuraciesOf({ both: 60, lost: 25, gained: 5, neither: 10 })); // { right: 85, top1: 65 }
 * ```
 */
export function accuraciesOf(outcomes: Outcomes): { right: number; top1: number } {
  const { both, lost, gained } = outcomes;
  const total = totalOf(outcomes);
  return { right: (100 * (both + lost)) / total, top1: (100 * (both + gained)) / total };
}

/** As many resamples as `bootstrapInterval` of `@dgprompt/bench`, fewer for tests of many images. */
const resamplesOf = (images: number): number => Math.min(10_000, Math.max(1000, Math.round(3e7 / images)));

/**
 * A 95 % bootstrap interval of a measure of one run: percentiles over resamples of each test's images with replacement.
 * An image counts for both the method and the control, so that the difference is paired (Efron and Tibshirani, An
 * Introduction to the Bootstrap, 1993, section 13.3). The seed is fixed: equal counts give equal intervals.
 *
 * @param tests the counts of one or more tests
 * @param measure computed from their resampled counts, in the tests' order
 *
 * @example
 * ```ts
 * import { accuraciesOf, pairedInterval } from '@dgprompt/methods/evaluation';
 *
 * const { low, high } = pairedInterval([{ both: 60, lost: 25, gained: 5, neither: 10 }], ([test]) => {
 *   const { right, top1 } = accuraciesOf(test!);
 *   return top1 - right;
 * });
 * console.log(low, high); // -30 -10
 * ```
 */
export function pairedInterval(tests: readonly Outcomes[], measure: (tests: Outcomes[]) => number): Interval {
  const random = randomStream(1);
  const resamples = resamplesOf(tests.reduce((sum, test) => sum + totalOf(test), 0));
  const values = Float64Array.from({ length: resamples }, () =>
    measure(tests.map(test => resampled(test, random.next))),
  );
  values.sort();
  const at = (share: number) => values[Math.round(share * (resamples - 1))]!;
  return { low: at(0.025), high: at(0.975) };
}

function resampled(outcomes: Outcomes, next: () => number): Outcomes {
  const { both, lost, gained } = outcomes;
  const total = totalOf(outcomes);
  const drawn: Outcomes = { both: 0, lost: 0, gained: 0, neither: 0 };
  for (let i = 0; i < total; i++) {
    const at = next() * total;
    drawn[at < both ? 'both' : at < both + lost ? 'lost' : at < both + lost + gained ? 'gained' : 'neither']++;
  }
  return drawn;
}
