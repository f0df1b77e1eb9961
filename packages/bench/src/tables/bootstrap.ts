import { pythonRandom } from '@dgprompt/datasets';
import { mean } from './spread.js';

/** With fewer pairs, bootstrap percentiles are too close together (Hesterberg, The American Statistician 69, 2015). */
export const fewPairs = 8;

/**
 * A 95 % bootstrap interval of the mean of differences, grouped for example by dataset: percentiles of the means of
 * resamples, which draw groups with replacement and then differences within each group with replacement (a cluster
 * bootstrap: Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8). Every group has the same
 * weight.
 *
 * The seed is fixed: equal differences give equal intervals.
 *
 * @returns the interval's bounds; undefined for fewer than two differences
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  { resamples = 10_000, seed = 1 }: { resamples?: number; seed?: number } = {},
): { low: number; high: number } | undefined {
  const filled = groups.filter(group => group.length > 0);
  if (filled.reduce((sum, group) => sum + group.length, 0) < 2) return undefined;
  const random = pythonRandom(seed);
  const drawn = <T>(items: readonly T[]): T => items[random.integer(items.length)]!;
  const means = Float64Array.from({ length: resamples }, () =>
    mean(filled.map(() => meanOfResample(drawn(filled), drawn))),
  ).sort();
  return { low: percentile(means, 0.025), high: percentile(means, 0.975) };
}

const meanOfResample = (values: readonly number[], drawn: (values: readonly number[]) => number): number =>
  values.length === 1 ? values[0]! : mean(values.map(() => drawn(values)));

/** Interpolates linearly between the two nearest sorted numbers. */
function percentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (at - below) * (high - low);
}
