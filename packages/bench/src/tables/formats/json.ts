import { bare } from '../../records/own.js';
import { ranksOf } from '../ranks.js';
import type { Section } from '../section.js';
import { difference } from '../sheet.js';
import type { Cells, TableGroup } from '../table.js';

/** Tables for programs, as one object: every cell with its rank, and the paper's figure and the difference, if any. */
export function jsonTables(sections: readonly Section[], more: Record<string, unknown> = {}): string {
  const tables = sections.map(({ title, runs, table, reading, gaps, citations }) => {
    const group = (one: TableGroup) => ({ name: one.name, cells: jsonCells(one, table.methods, table.columns) });
    const { tasks, overall, ...about } = table;
    return {
      ...{ title, runs, ...about, tasks: tasks.map(group), ...(overall && { overall: group(overall) }) },
      ...{ reading, notes: [...gaps, ...citations] },
    };
  });
  return JSON.stringify({ tables, ...more }, null, 2);
}

function jsonCells({ cells, papers }: TableGroup, methods: readonly string[], columns: readonly string[]) {
  const ranks = new Map(columns.map(column => [column, ranksOf(methods, method => cells[method]?.[column]?.mean, 2)]));
  const ofMethod = (method: string, own: Cells) =>
    Object.entries(own).map(([column, cell]) => {
      const paper = papers?.[method]?.[column];
      if (cell === null) return [column, paper === undefined ? null : { paper }] as const;
      const rank = ranks.get(column)?.get(method);
      return [column, { ...cell, rank, paper, difference: difference(cell, paper) }] as const;
    });
  return bare(Object.entries(cells).map(([method, own]) => [method, bare<unknown>(ofMethod(method, own))] as const));
}
