import { stripVTControlCharacters } from 'node:util';
import type { Table } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { type Sheet, type SheetCell, type SheetGroup, type SheetRow, sheetOf } from '@dgprompt/bench/tables';
import CliTable from 'cli-table3';
import pc from 'picocolors';

/**
 * The table for a terminal, in the first of these forms that fits, else in the narrowest: methods side by side; methods as rows under each
 * task; columns as rows, where there are many. The best of a column is bold, the second best underlined. The averages come last, where the eye is when the
 * command ends.
 *
 * @param width columns of the terminal
 */
export const tableText = (table: Table, width = 100): string => sheetText(sheetOf(table), width);

/** As `tableText`, of a table in words. */
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

/** Rules above, below and between, nothing upright: the booktabs look of the papers. */
export const rules = {
  ...{ top: '━', 'top-mid': '━', 'top-left': '', 'top-right': '' },
  ...{ bottom: '━', 'bottom-mid': '━', 'bottom-left': '', 'bottom-right': '' },
  ...{ mid: '─', 'mid-mid': '─', 'left-mid': '', 'right-mid': '' },
  ...{ left: '', right: '', middle: ' ' },
};

/** Colours come from picocolors alone, which knows when there are none to be. */
export const plain = { head: [], border: [] };

const allGroups = ({ groups, average }: Sheet): SheetGroup[] => [...groups, ...(average ? [average] : [])];

/** A line a task, and in it every column of every method. */
function sideBySide(sheet: Sheet): string {
  const { groupHead = '', columns, groups, average } = sheet;
  const cells = allGroups(sheet).flatMap(({ rows }) => rows.flatMap(row => row.cells));
  const width = Math.max(...cells.map(({ text }) => text.length), ...columns.map(column => column.length));
  const heading = columns.map(column => pc.dim(column.padStart(width))).join(' ');
  const methods = [...new Set(allGroups(sheet).flatMap(({ rows }) => rows.map(({ method }) => method)))];
  const text = new CliTable({ style: plain, chars: rules });
  text.push([`\n${groupHead}`, ...methods.map(method => `${pc.bold(methodTitle(method))}\n${heading}`)]);
  const block = (some: SheetGroup[]) => [
    some.map(({ name }) => name).join('\n'),
    ...methods.map((_, i) =>
      some.map(({ rows }) => rows[i]!.cells.map(cell => shown(cell, width)).join(' ')).join('\n'),
    ),
  ];
  text.push(block(groups), ...(average ? [block([average])] : []));
  return text.toString();
}

/** A block a task, and in it a line a method. */
function methodsAsRows(sheet: Sheet): string {
  const { groupHead, columns } = sheet;
  const lead = groupHead === undefined ? [] : [groupHead];
  const text = new CliTable({
    head: [...lead, 'method', ...columns].map(name => pc.dim(name)),
    style: plain,
    colAligns: [...lead.map(() => 'left' as const), 'left', ...columns.map(() => 'right' as const)],
    chars: rules,
  });
  for (const { name, rows } of allGroups(sheet)) {
    text.push([
      ...(groupHead === undefined ? [] : [name]),
      rows.map(rowName).join('\n'),
      ...columns.map((_, i) => rows.map(row => shownIn(row, i)).join('\n')),
    ]);
  }
  return text.toString();
}

/** A block a task, and in it a line a column: for tables with many columns. */
function columnsAsRows(sheet: Sheet): string {
  const { groupHead, columns } = sheet;
  const groups = allGroups(sheet);
  const lead = groupHead === undefined ? [] : [groupHead];
  const titles =
    groups[0]?.rows.map(row => (row.kind === 'measured' ? methodTitle(row.method) : pc.dim(kinds[row.kind]))) ?? [];
  const text = new CliTable({
    head: [...lead.map(name => pc.dim(name)), '', ...titles],
    style: plain,
    colAligns: [...lead.map(() => 'left' as const), 'left', ...titles.map(() => 'right' as const)],
    chars: rules,
  });
  for (const { name, rows } of groups) {
    text.push([
      ...(groupHead === undefined ? [] : [name]),
      columns.join('\n'),
      ...rows.map(row => columns.map((_, i) => shownIn(row, i)).join('\n')),
    ]);
  }
  return text.toString();
}

const kinds = { paper: 'paper', difference: 'ours − paper' } as const;

const rowName = ({ method, kind }: SheetRow): string =>
  kind === 'measured' ? methodTitle(method) : pc.dim(`  ${kinds[kind]}`);

function shownIn({ kind, cells }: SheetRow, column: number): string {
  const cell = cells[column];
  if (cell === undefined) return ''; // a column of other rows alone
  return kind === 'measured' ? shown(cell) : pc.dim(cell.text);
}

function shown({ text, mark }: SheetCell, width = 0): string {
  const padded = text.padStart(width);
  if (mark === 'best') return padded.replace(text, pc.bold(pc.green(text)));
  return mark === 'second' ? padded.replace(text, pc.underline(text)) : /\d/.test(text) ? padded : pc.dim(padded);
}
