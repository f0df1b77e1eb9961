import { printable } from '@dgprompt/io';
import { intervalText, type Sheet, type SheetRow, signed } from '../tables/sheet.js';
import type { Comparison, Difference } from './differences.js';

/**
 * Comparisons of one method with others as a table: a row for each of the others, with its differences, their 95 %
 * intervals and the number of pairs. Of more than five columns, the first and the main one are shown.
 *
 * @example
 * ```ts
 * import { readRecords } from '@dgprompt/bench';
 * import { compareWithAll, differencesSheet } from '@dgprompt/bench/compare';
 *
 * const { records } = await readRecords('docs/results/records'); // of this repository
 * const [first] = compareWithAll(records, 'clip');
 * console.log(differencesSheet(first!.comparisons).columns); // …
 * ```
 */
export function differencesSheet(comparisons: readonly Comparison[]): Sheet {
  const all = [...new Set(comparisons.flatMap(({ differences }) => Object.keys(differences)))];
  const main = comparisons[0]?.main;
  const columns = all.length > 5 ? all.filter((column, i) => i === 0 || column === main) : all;
  const row = ({ b, differences }: Comparison): SheetRow => {
    const cells = columns.map(column => cellText(differences[column]));
    const pairs = Math.max(...Object.values(differences).map(one => one.pairs));
    return { method: b, kind: 'measured', cells: [...cells, String(pairs)].map(text => ({ text })) };
  };
  return {
    columns: [...columns.map(name => printable(name)), 'pairs'],
    groups: [{ name: '', rows: comparisons.map(row) }],
  };
}

function cellText(difference: Difference | undefined): string {
  if (difference === undefined) return '–';
  const { mean, low, high } = difference;
  const interval = low === undefined || high === undefined ? '' : ` (${intervalText({ low, high })})`;
  return `${signed(mean)}${interval}`;
}
