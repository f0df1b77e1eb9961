import { stripVTControlCharacters } from 'node:util';
import type { Table } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { type Sheet, type SheetCell, type SheetGroup, type SheetRow, sheetOf } from '@dgprompt/bench/tables';
import pc from 'picocolors';
import { textTable } from './table.js';

/**
 * The table for a terminal, in the first of these forms that fits, else in the narrowest: methods side by side; methods
 * as rows under each task; columns as rows, if there are many. The best of a column is bold, the second best
 * underlined. The averages come last, where the eye is when the command ends.
 *
 * @param width of the terminal in columns
 */
export const tableText = (table: Table, width = 100): string => sheetText(sheetOf(table), width);

/** The same for a sheet. */
export function sheetText(sheet: Sheet, width = 100): string {
  const hasPapers = allGroups(sheet).some(({ rows }) => rows.some(({ kind }) => kind !== 'measured'));
  const isShort = sheet.groupHead !== undefined && !hasPapers;
  const isLong = sheet.columns.length > 5;
  const forms = [...(isShort ? [sideBySide] : []), methodsAsRows, ...(isLong ? [columnsAsRows] : [])].map(form =>
    form(sheet),
  );
  const widthOf = (text: string) =>
    Math.max(
      ...stripVTControlCharacters(text)
        .split('\n')
        .map(line => line.length),
    );
  return forms.find(text => widthOf(text) <= width) ?? forms.reduce((a, b) => (widthOf(b) < widthOf(a) ? b : a));
}

const allGroups = ({ groups, average }: Sheet): SheetGroup[] => [...groups, ...(average ? [average] : [])];

/** One line per task with every column of every method. */
function sideBySide(sheet: Sheet): string {
  const { groupHead = '', columns, groups, average } = sheet;
  const cells = allGroups(sheet).flatMap(({ rows }) => rows.flatMap(row => row.cells));
  const width = Math.max(...cells.map(({ text }) => text.length), ...columns.map(column => column.length));
  const heading = columns.map(column => pc.dim(column.padStart(width))).join(' ');
  const methods = [...new Set(allGroups(sheet).flatMap(({ rows }) => rows.map(({ method }) => method)))];
  const line = ({ name, rows }: SheetGroup) => [
    name,
    ...methods.map((_, i) => rows[i]!.cells.map(cell => shown(cell, width)).join(' ')),
  ];
  const titles = methods.map(method => pc.bold(methodTitle(method)));
  const heads = [
    ['', ...titles],
    [groupHead, ...methods.map(() => heading)],
  ];
  return textTable({ groups: [heads, groups.map(line), average ? [line(average)] : []] });
}

/** One block per task with a line per method. */
function methodsAsRows(sheet: Sheet): string {
  const { groupHead, columns } = sheet;
  const lead = groupHead === undefined ? [] : [groupHead];
  const groups = allGroups(sheet).map(({ name, rows }) =>
    rows.map((row, i) => [
      ...lead.map(() => (i === 0 ? name : '')),
      rowName(row),
      ...columns.map((_, column) => shownIn(row, column)),
    ]),
  );
  return textTable({
    head: [...lead, 'method', ...columns].map(name => pc.dim(name)),
    groups,
    align: `${lead.map(() => 'l').join('')}lr`,
  });
}

/** One block per task with a line per column, for tables with many columns. */
function columnsAsRows(sheet: Sheet): string {
  const { groupHead, columns } = sheet;
  const groups = allGroups(sheet);
  const lead = groupHead === undefined ? [] : [groupHead];
  const titles =
    groups[0]?.rows.map(row => (row.kind === 'measured' ? methodTitle(row.method) : pc.dim(kinds[row.kind]))) ?? [];
  return textTable({
    head: [...lead.map(name => pc.dim(name)), '', ...titles],
    groups: groups.map(({ name, rows }) =>
      columns.map((column, i) => [
        ...lead.map(() => (i === 0 ? name : '')),
        column,
        ...rows.map(row => shownIn(row, i)),
      ]),
    ),
    align: `${lead.map(() => 'l').join('')}lr`,
  });
}

const kinds = { paper: 'paper', difference: 'ours − paper' } as const;

const rowName = ({ method, kind }: SheetRow): string =>
  kind === 'measured' ? methodTitle(method) : pc.dim(`  ${kinds[kind]}`);

function shownIn({ kind, cells }: SheetRow, column: number): string {
  const cell = cells[column];
  if (cell === undefined) return ''; // a column that only other rows have
  return kind === 'measured' ? shown(cell) : pc.dim(cell.text);
}

function shown({ text, mark }: SheetCell, width = 0): string {
  const padded = text.padStart(width);
  if (mark === 'best') return padded.replace(text, pc.bold(pc.green(text)));
  return mark === 'second' ? padded.replace(text, pc.underline(text)) : /\d/.test(text) ? padded : pc.dim(padded);
}
