import { markdownText } from '@dgprompt/io';
import { rowTitle, type Sheet, type SheetCell, type SheetGroup, sheetOf } from '../sheet.js';
import type { Table } from '../table.js';

/**
 * Like `markdownTable`, for a table of numbers.
 *
 * @example
 * ```ts
 * import { makeTable, readRecords, tableMarkdown } from '@dgprompt/bench';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * console.log(tableMarkdown(makeTable(records)).split('\n')[0]); // | task | method | base | new | H |
 * ```
 */
export const tableMarkdown = (table: Table): string => markdownTable(sheetOf(table));

/**
 * A table as Markdown: the averages first, as in papers, then every task. The best of a column is bold, the second best
 * underlined.
 *
 * @example
 * ```ts
 * import { makeTable, readRecords } from '@dgprompt/bench';
 * import { markdownTable, sheetOf } from '@dgprompt/bench/tables';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * console.log(markdownTable(sheetOf(makeTable(records))).split('\n')[0]); // | task | method | base | new | H |
 * ```
 */
export function markdownTable({ groupHead, columns, groups, average }: Sheet): string {
  const lead = groupHead === undefined ? ['method'] : [groupHead, 'method'];
  const rows = ({ name, rows }: SheetGroup) =>
    rows.map(row => {
      const names = groupHead === undefined ? [rowTitle(row)] : [name, rowTitle(row)];
      return line([...names.map(markdownText), ...row.cells.map(marked)]);
    });
  return [
    line([...lead, ...columns].map(markdownText)),
    line([...lead.map(() => '---'), ...columns.map(() => '---:')]),
    ...[...(average ? [average] : []), ...groups].flatMap(rows),
  ].join('\n');
}

const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;

function marked({ text, mark }: SheetCell): string {
  if (mark === undefined) return markdownText(text);
  return mark === 'best' ? `**${markdownText(text)}**` : `<u>${markdownText(text)}</u>`;
}
