/**
 * Arithmetic mean; NaN for an empty list.
 *
 * @example
 * ```ts
 * import { mean } from '@dgprompt/bench/tables';
 *
 * console.log(mean([1, 2, 6])); // 3
 * ```
 */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Sample standard deviation (divided by n − 1); NaN for fewer than two values.
 *
 * @example
 * ```ts
 * import { standardDeviation } from '@dgprompt/bench/tables';
 *
 * console.log(standardDeviation([1, 2, 3])); // 1
 * ```
 */
export function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}
