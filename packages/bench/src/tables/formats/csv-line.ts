import { printable } from '@dgprompt/io';

/**
 * A line of CSV (RFC 4180): values with commas or quotes are quoted. Text that a spreadsheet would read as a formula
 * gets a leading apostrophe, and anything that a terminal would obey is escaped.
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

/** Characters that begin a formula, including full-width ones. */
const formula = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * Text for a spreadsheet cell: formulas get a leading apostrophe, and anything that a terminal would obey is escaped.
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
