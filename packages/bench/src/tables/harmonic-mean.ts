/**
 * 2·b·n / (b + n), and 0 if both are 0.
 *
 * @example
 * ```ts
 * import { harmonicMean } from '@dgprompt/bench';
 *
 * console.log(harmonicMean(69.34, 74.22).toFixed(2)); // 71.70
 * ```
 */
export function harmonicMean(base: number, fresh: number): number {
  return base + fresh === 0 ? 0 : (2 * base * fresh) / (base + fresh);
}
