/**
 * A line of CSV (RFC 4180): values with commas, quotes or line breaks are quoted.
 *
 * @example
 * ```ts
 * import { csvLine } from '@dgprompt/bench/tables';
 *
 * console.log(csvLine(['a,b', 1])); // "a,b",1
 * ```
 */
export function csvLine(values: readonly (string | number)[]): string {
  return values.map(value => quoted(String(value))).join(',');
}

const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
