import CliTable from 'cli-table3';
import pc from 'picocolors';
import { methodTitle } from './method-title.js';
import type { Cell, Score, Table } from './table.js';

const columns = ['base', 'new', 'H'] as const;

/**
 * The table for a terminal: tasks as rows and methods side by side where that fits, else methods as rows under each task.
 * The best H of each row or group is bold. The averages come last, where the eye is when the command ends.
 *
 * @param width columns of the terminal
 */
export function tableText(table: Table, width = 100): string {
  const sideBySide = wide(table);
  const fits =
    Math.max(
      ...stripColors(sideBySide)
        .split('\n')
        .map(line => line.length),
    ) <= width;
  return fits ? sideBySide : tall(table);
}

/** The table as Markdown: the averages first, as papers do, then every task. */
export function tableMarkdown(table: Table): string {
  const head = (first: string) => [`| ${first} | method | base | new | H |`, '| --- | --- | ---: | ---: | ---: |'];
  const rows = ({ name, cells }: Group) =>
    table.methods.flatMap(method => {
      const cell = cells[method];
      if (!cell) return [`| ${name} | ${methodTitle(method)} | – | – | – |`];
      return [`| ${name} | ${methodTitle(method)} | ${markdownCells(cells, cell).join(' | ')} |`];
    });
  const all = groups(table);
  const averages = all.slice(table.tasks.length);
  return [...head('task'), ...[...averages, ...table.tasks].flatMap(rows)].join('\n');
}

/**
 * What is left of a method when parts of it are taken away, as Markdown: averages, and how far H is from the whole method's.
 * @param whole the method's id; its ablations are the other methods of the table
 */
export function ablationMarkdown(table: Table, whole: string): string {
  const full = table.overall[whole];
  const rows = table.methods.map(method => {
    const cell = table.overall[method];
    if (!cell) return `| ${methodTitle(method)} | – | – | – | – |`;
    const change = full && method !== whole ? signed(cell.H - full.H) : '';
    return `| ${methodTitle(method)} | ${markdownCells(table.overall, cell).join(' | ')} | ${change} |`;
  });
  const tasks = `${table.overallTasks.length} task${table.overallTasks.length === 1 ? '' : 's'}`;
  return [
    `| average of ${tasks} | base | new | H | against the whole |`,
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

type Group = { name: string; cells: Record<string, Cell> };

function markdownCells(cells: Record<string, Cell>, cell: Cell): string[] {
  return columns.map(column => {
    const text = number(cell, column);
    return column === 'H' && isBest(cells, cell) ? `**${text}**` : text;
  });
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;

/** Rules above, below and between, nothing upright: the booktabs look of the papers. */
export const rules = {
  ...{ top: '━', 'top-mid': '━', 'top-left': '', 'top-right': '' },
  ...{ bottom: '━', 'bottom-mid': '━', 'bottom-left': '', 'bottom-right': '' },
  ...{ mid: '─', 'mid-mid': '─', 'left-mid': '', 'right-mid': '' },
  ...{ left: '', right: '', middle: ' ' },
};

/** Colours come from picocolors alone, which knows when there are none to be. */
export const plain = { head: [], border: [] };

function wide(table: Table): string {
  const shownCells = groups(table).flatMap(({ cells }) => Object.values(cells));
  const width = Math.max(...shownCells.flatMap(cell => columns.map(column => number(cell, column).length)));
  const heading = columns.map(column => pc.dim(column.padStart(width))).join(' ');
  const text = new CliTable({ style: plain, chars: rules });
  text.push(['\ntask', ...table.methods.map(method => `${pc.bold(methodTitle(method))}\n${heading}`)]);
  const line = (names: { name: string; cells: Record<string, Cell> }[]) => [
    names.map(({ name }) => name).join('\n'),
    ...table.methods.map(method =>
      names.map(({ cells }) => columns.map(column => shown(cells, method, column, width)).join(' ')).join('\n'),
    ),
  ];
  const averages = groups(table).slice(table.tasks.length);
  text.push(line(table.tasks), ...averages.map(one => line([one])));
  return text.toString();
}

function tall(table: Table): string {
  const text = new CliTable({
    head: ['task', 'method', ...columns].map(name => pc.dim(name)),
    style: plain,
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    chars: rules,
  });
  for (const { name, cells } of groups(table)) {
    text.push([
      name,
      table.methods.map(methodTitle).join('\n'),
      ...columns.map(column => table.methods.map(method => shown(cells, method, column)).join('\n')),
    ]);
  }
  return text.toString();
}

/** The tasks, then the averages where there are any. */
function groups(table: Table): Group[] {
  const average = { name: averageName(table), cells: table.overall };
  return table.overallTasks.length > 0 ? [...table.tasks, average] : table.tasks;
}

function averageName({ tasks, overallTasks }: Table): string {
  return overallTasks.length === tasks.length
    ? 'average'
    : `average of ${overallTasks.length} task${overallTasks.length === 1 ? '' : 's'}`;
}

function shown(cells: Record<string, Cell>, method: string, column: keyof Score, width = 0): string {
  const cell = cells[method];
  if (!cell) return pc.dim('–'.padStart(width));
  const text = number(cell, column).padStart(width);
  return column === 'H' && isBest(cells, cell) ? pc.bold(pc.green(text)) : text;
}

/** A method that cannot take new classes has no number there. */
function number(cell: Cell, column: keyof Score): string {
  if (Number.isNaN(cell[column])) return '–';
  const deviation = cell.deviation ? ` ±${cell.deviation[column].toFixed(1)}` : '';
  return `${cell[column].toFixed(1)}${deviation}`;
}

/** Equal to the digit that is shown counts as best too. */
function isBest(cells: Record<string, Cell>, cell: Cell): boolean {
  const best = Math.max(
    ...Object.values(cells)
      .map(({ H }) => H)
      .filter(H => !Number.isNaN(H)),
  );
  return cell.H.toFixed(1) === best.toFixed(1);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const stripColors = (text: string): string => text.replace(/\u001b\[[0-9;]*m/g, '');
