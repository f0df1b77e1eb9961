import { printable } from '@dgprompt/io';
import { methodTitle } from '../methods/title.js';
import { ranksOf } from './ranks.js';
import type { Cell, Cells, Table, TableGroup } from './table.js';

/** A table as text cells for display; anything in names that a terminal would obey is escaped. */
export interface Sheet {
  /** The kind of a group; undefined for a single group, which needs no name. */
  groupHead?: string;
  columns: string[];
  groups: SheetGroup[];
  /** Over the groups. */
  average?: SheetGroup;
}

export interface SheetGroup {
  name: string;
  rows: SheetRow[];
}

/** A method's measured values; below them, its paper's values and the difference. */
export interface SheetRow {
  method: string;
  kind: 'measured' | 'paper' | 'difference';
  cells: SheetCell[];
}

export interface SheetCell {
  text: string;
  mark?: 'best' | 'second';
}

/** Texts for a cell without a run, an incomplete average, and a cell that cannot be tested. */
export const noRun = 'no run';
export const missing = 'missing';
export const untestable = '–';

/**
 * The table as text, with one decimal, or two if it includes papers' figures, which have two.
 *
 * @example
 * ```ts
 * import { makeTable, readRecords } from '@dgprompt/bench';
 * import { sheetOf } from '@dgprompt/bench/tables';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * const { cells } = sheetOf(makeTable(records)).average!.rows[0]!;
 * console.log(cells.map(({ text }) => text)); // [ '65.4 ±0.2', '52.4 ±0.7', '58.2 ±0.5' ]
 * ```
 */
export function sheetOf(table: Table): Sheet {
  const hasPapers = [...table.tasks, ...(table.overall ? [table.overall] : [])].some(({ papers }) => papers);
  const digits = hasPapers ? 2 : 1;
  const group = (one: TableGroup) =>
    sheetGroup(one, table, { digits, absent: one === table.overall ? missing : noRun });
  return {
    ...(table.tasks.length > 1 || table.rows === 'task'
      ? { groupHead: table.rows === 'task' ? 'task' : 'trained on' }
      : {}),
    columns: table.columns.map(name => printable(name)),
    groups: table.tasks.map(group),
    ...(table.overall && { average: group(table.overall) }),
  };
}

function sheetGroup(
  { name, cells, papers }: TableGroup,
  { methods, columns }: Table,
  { digits, absent }: { digits: number; absent: string },
): SheetGroup {
  const ranks = new Map(
    columns.map(column => [column, ranksOf(methods, method => cells[method]?.[column]?.mean, digits)]),
  );
  const rows = methods.flatMap((method): SheetRow[] => {
    const own: Cells = cells[method] ?? {};
    const measured = columns.map((column): SheetCell => {
      const mark = ranks.get(column)!.get(method);
      const cell = own[column];
      return { text: cell === undefined ? absent : cellText(cell, digits), ...(mark && { mark }) };
    });
    const figures = papers?.[method];
    if (!figures) return [{ method, kind: 'measured', cells: measured }];
    const differences = columns.map(column => difference(own[column], figures[column]));
    return [
      { method, kind: 'measured', cells: measured },
      { method, kind: 'paper', cells: columns.map(column => ({ text: figures[column]?.toFixed(digits) ?? '' })) },
      {
        ...{ method, kind: 'difference' },
        cells: differences.map(value => ({ text: value === undefined ? '' : signed(value, digits) })),
      },
    ];
  });
  return { name: printable(name), rows };
}

/** Difference from the paper's figure; undefined if either is missing. */
export function difference(cell: Cell | null | undefined, figure: number | undefined): number | undefined {
  return cell && figure !== undefined ? cell.mean - figure : undefined;
}

function cellText(cell: Cell | null, digits: number): string {
  if (cell === null) return untestable;
  const deviation = cell.deviation === undefined ? '' : ` ±${cell.deviation.toFixed(digits)}`;
  return `${cell.mean.toFixed(digits)}${deviation}`;
}

/**
 * With its sign: `+1.2`, `−0.3`, and `0.0` without one.
 *
 * @example
 * ```ts
 * import { signed } from '@dgprompt/bench/tables';
 *
 * console.log(signed(1.23), signed(-0.3), signed(0.01)); // +1.2 −0.3 0.0
 * ```
 */
export function signed(value: number, digits = 1): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/**
 * An interval with its signs: `−0.3 to +1.2`.
 *
 * @example
 * ```ts
 * import { intervalText } from '@dgprompt/bench/tables';
 *
 * console.log(intervalText({ low: -0.3, high: 1.2 })); // −0.3 to +1.2
 * ```
 */
export const intervalText = ({ low, high }: { low: number; high: number }): string =>
  `${signed(low)} to ${signed(high)}`;

/** A row's title. */
export function rowTitle({ method, kind }: Pick<SheetRow, 'method' | 'kind'>): string {
  const title = methodTitle(method);
  return { measured: title, paper: `${title}, paper`, difference: `${title}, ours − paper` }[kind];
}
