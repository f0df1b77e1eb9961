import { viewsEnding, withoutViews } from '../methods/name-views.js';
import { methodTitle } from '../methods/title.js';
import { signed } from './sheet.js';
import type { Cells, Table } from './table.js';

/**
 * One sentence about the overall numbers: the leading method, its margin over the runner-up and over zero-shot CLIP,
 * and where the difference comes from.
 *
 * @param isApart whether the runs distinguish two methods; only then is the first one called the best
 * @returns `''` if no task is complete yet
 *
 * @example
 * ```ts
 * import { makeTable, readRecords, readTable } from '@dgprompt/bench';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * console.log(readTable(makeTable(records))); // DGPrompt reaches H 58.2.
 * ```
 */
export function readTable(table: Table, isApart?: (a: string, b: string) => boolean): string {
  const cells = (table.overall ?? (table.tasks.length === 1 ? table.tasks[0] : undefined))?.cells ?? {};
  const ranked = table.methods
    .flatMap(method => {
      const main = cells[method]?.[table.main];
      return main
        ? [{ method, name: methodTitle(method), value: main.mean, seeds: main.seeds, cells: cells[method]! }]
        : [];
    })
    .sort((a, b) => b.value - a.value);
  const [first, second] = ranked;
  if (!first) return '';
  if (!second) return `${first.name} reaches ${reached(table, first.value.toFixed(1))}.`;
  const what = measureName(table);

  const clip = ranked.find(({ method }) => method === `clip${viewsEnding(first.method)}`);
  const apart = isApart?.(first.method, second.method);
  const parts = [`${first.name} has the ${apart ? 'best' : 'highest'} ${what}, ${first.value.toFixed(1)}`];
  if (first === clip && withoutViews(second.method) !== 'clip') {
    const where = wherefrom(table, second.cells, clip.cells);
    parts.push(
      `no trained prompt beats it; ${second.name} comes nearest (${second.value.toFixed(1)})${where && `, ${where}`}`,
    );
  } else {
    parts.push(lead(first.value - second.value, second.name));
    if (clip && clip !== first && clip !== second) parts[1] += ` and ${lead(first.value - clip.value, clip.name)}`;
    const where = clip && clip !== first ? wherefrom(table, first.cells, clip.cells) : '';
    if (where) parts.push(`against ${clip!.name} ${where}`);
  }
  const doubt = apart !== false ? '' : ` The difference between ${first.name} and ${second.name} is not significant.`;
  const caution = seedsText(ranked.map(({ seeds }) => seeds));
  return `${parts.join('; ')}.${doubt}${caution}`;
}

/** @param counts the number of seeds of each method */
function seedsText(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 1) return ' One seed only: differences of about a point are noise.';
  return ` Mean of ${least === most ? '' : `${least} to `}${most} seeds.`;
}

function measureName({ main, rows }: Table): string {
  if (rows === 'source') return 'average over the targets';
  return isOfShots(main) ? `accuracy with ${main}` : main;
}

function reached(table: Table, value: string): string {
  return isOfShots(table.main) ? `${value} with ${table.main}` : `${measureName(table)} ${value}`;
}

const isOfShots = (main: string): boolean => / shots?$/.test(main);

/** The difference between two methods in the columns that explain the main one. */
function wherefrom({ main, rows, columns }: Table, cells: Cells, other: Cells): string {
  const [named, ending] =
    main === 'H'
      ? [['base', 'new'], ' classes']
      : rows === 'source'
        ? [columns.slice(0, 1), '']
        : [columns.filter(column => column !== main).slice(0, 1), ''];
  const changes = named.flatMap(column => {
    const [own, theirs] = [cells[column], other[column]];
    if (!own || !theirs) return [];
    const change = signed(own.mean - theirs.mean);
    return rows === 'source' ? [`${change} on the source`] : [`${change} ${main === 'H' ? 'on' : 'with'} ${column}`];
  });
  return changes.length === 0 ? '' : `${changes.join(' and ')}${ending}`;
}

const lead = (points: number, name: string): string =>
  points < 0.05 ? `level with ${name}` : `${points.toFixed(1)} above ${name}`;
