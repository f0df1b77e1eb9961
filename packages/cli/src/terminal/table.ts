import CliTable from 'cli-table3';
import { safeLine } from './safe-output.js';

/** A table of text, with rules above, below and between groups of rows. */
export interface TextTable {
  head?: readonly string[];
  /** Groups of rows of cells. */
  groups: readonly (readonly (readonly string[])[])[];
  /** One letter per column, `l` left or `r` right; the last one applies to all further columns. Default: `l`. */
  align?: string;
}

/** Horizontal rules only, above, below and between: the booktabs style of papers. */
const rules = {
  top: '━',
  'top-mid': '━',
  'top-left': '',
  'top-right': '',
  bottom: '━',
  'bottom-mid': '━',
  'bottom-left': '',
  'bottom-right': '',
  mid: '─',
  'mid-mid': '─',
  'left-mid': '',
  'right-mid': '',
  left: '',
  right: '',
  middle: ' ',
};

/** A table for a terminal. */
export function textTable({ head = [], groups, align = 'l' }: TextTable): string {
  const width = Math.max(head.length, ...groups.flat().map(row => row.length));
  const table = new CliTable({
    head: head.map(cell => safeLine(cell)),
    style: { head: [], border: [] }, // colours come from picocolors, which knows when to leave them out
    colAligns: Array.from({ length: width }, (_, i) => ((align[i] ?? align.at(-1)) === 'l' ? 'left' : 'right')),
    chars: rules,
  });
  table.push(...groups.flat().map(row => row.map(cell => safeLine(cell))));
  const lines = table.toString().split('\n');
  // The library draws a rule below every row; remove those within a group.
  const first = head.length > 0 ? 3 : 1;
  const within = new Set<number>();
  let row = 0;
  for (const rows of groups) {
    for (let i = 0; i < rows.length - 1; i++) within.add(first + 2 * (row + i) + 1);
    row += rows.length;
  }
  return lines.filter((_, i) => !within.has(i)).join('\n');
}
