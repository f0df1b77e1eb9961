import { type Sheet, type SheetRow, sheetOf, signed } from './sheet.js';
import type { Cell, Table } from './table.js';

/**
 * A method's ablations: averages, and the difference of the main column from the full method's.
 *
 * @param whole the method's id; the other methods in the table are its ablations
 */
export function ablationSheet(table: Table, whole: string): Sheet {
  const main = (method: string): Cell | null | undefined => table.overall?.cells[method]?.[table.main];
  const full = main(whole);
  const { average } = sheetOf(table);
  const rows = (average?.rows ?? []).filter(({ kind }) => kind === 'measured');
  const withChange = ({ method, kind, cells }: SheetRow): SheetRow => {
    const cell = main(method);
    const change = full && cell && method !== whole ? signed(cell.mean - full.mean) : '';
    return { method, kind, cells: [...cells, { text: change }] };
  };
  const tasks = `${table.overallTasks.length} task${table.overallTasks.length === 1 ? '' : 's'}`;
  return {
    columns: [...table.columns, 'against the whole'],
    groups: [{ name: `average of ${tasks}`, rows: rows.map(withChange) }],
  };
}
