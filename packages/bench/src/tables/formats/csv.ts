import { viewsIn } from '../../methods/name-views.js';
import { ranksOf } from '../ranks.js';
import { difference } from '../sheet.js';
import type { Cells, Table, TableGroup } from '../table.js';
import { csvLine } from './csv-line.js';

const head = [
  ...['table', 'protocol', 'row', 'method', 'column'],
  ...['mean', 'deviation', 'seeds', 'rank', 'paper', 'difference', 'state', 'views'],
];

/** Tables for programs: one line per number with all digits; `state` gives the reason for a missing number. */
export function csvTables(tables: readonly { title: string; table: Table }[]): string {
  const lines = tables.flatMap(({ title, table }) =>
    [...table.tasks, ...(table.overall ? [table.overall] : [])].flatMap(group =>
      groupLines(group, table).map(values => csvLine([title, table.protocol, ...values])),
    ),
  );
  return [csvLine(head), ...lines].join('\r\n');
}

function groupLines({ name, cells, papers }: TableGroup, { methods, columns }: Table): (string | number)[][] {
  return columns.flatMap(column => {
    const ranks = ranksOf(methods, method => cells[method]?.[column]?.mean, 2);
    return methods.map(method => {
      const cell = (cells[method] ?? ({} as Cells))[column];
      const figure = papers?.[method]?.[column];
      const mark = ranks.get(method);
      const rank = mark === undefined ? '' : { best: 1, second: 2 }[mark];
      return [
        ...[name, method, column, cell?.mean ?? '', cell?.deviation ?? '', cell?.seeds ?? '', rank],
        ...[figure ?? '', difference(cell, figure) ?? '', stateOf(cell), viewsIn(method)],
      ];
    });
  });
}

const stateOf = (cell: Cells[string] | undefined): string =>
  cell === undefined ? 'no run' : cell === null ? 'cannot be tested' : 'measured';
