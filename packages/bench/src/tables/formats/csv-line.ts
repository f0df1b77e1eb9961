import { printable } from '@dgprompt/io';

/**
 * A line of CSV (RFC 4180): values with commas or quotes are quoted. Text that a spreadsheet would take for a formula
 * begins with an apostrophe, and what a terminal would obey is escaped.
 *
 * @example
 * ```ts
 * import { csvLine } from '@dgprompt/bench/tables';
 *
 * console.log(csvLine(['a,b', '=1+1', -1])); // "a,b",'=1+1,-1
 * ```
 */
export function csvLine(values: readonly (string | number)[]): string {
  return values.map(value => (typeof value === 'number' ? String(value) : quoted(cellText(value)))).join(',');
}

/** Signs that begin a formula, also as wide ones. */
const formula = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * Text for a spreadsheet's cell: what it would take for a formula begins with an apostrophe, and what a terminal would
 * obey is escaped.
 *
 * @example
 * ```ts
 * import { cellText } from '@dgprompt/bench/tables';
 *
 * console.log(cellText('=1+1')); // '=1+1
 * ```
 */
export const cellText = (value: string): string =>
  printable(formula.test(value) ? `'${value}` : value, Number.POSITIVE_INFINITY);

const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
