/**
 * A size in bytes as text, in powers of 1000: `812 B`, `3.4 kB`, `599 MB`.
 *
 * @example
 * ```ts
 * import { bytes } from '@dgprompt/io';
 *
 * console.log(bytes(3400)); // 3.4 kB
 * ```
 */
export function bytes(count: number): string {
  let value = count;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (value < 999.5 || unit === 'GB')
      return `${unit === 'B' || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return '';
}
