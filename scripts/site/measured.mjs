import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../markdown-table.mjs';
import { run } from '../processes.mjs';
import { root } from '../setup.mjs';
import { cached } from './cache.mjs';

const records = join('docs', 'results', 'records');
const figures = join(root, 'packages', 'bench', 'src', 'tables', 'papers', 'published-figures.json');

/** The tables of this repository's own runs, from `dgprompt table --json`. */
export async function measuredTables() {
  const { mtimeMs, size } = statSync(join(root, records, 'records.jsonl.gz'));
  const { value } = await cached('tables', [mtimeMs, size], async () => {
    const program = join(root, 'packages', 'cli', 'dist', 'main.js');
    const parameters = [program, 'table', '--results', records, '--json'];
    const { code, stdout } = await run(process.execPath, parameters, { cwd: root, capture: 'stdout' });
    if (code !== 0) throw new Error(`dgprompt ${parameters.slice(1).join(' ')} ended with ${code}.`);
    return JSON.parse(stdout).tables.map(({ title, protocol, columns, seeds, overall, overallTasks, reading }) => {
      return { title, protocol, columns, seeds, overall, tasks: overallTasks, reading };
    });
  });
  return value;
}

/** The papers' figures, with their sources. */
export const publishedFigures = () => JSON.parse(readFileSync(figures, 'utf8'));

/**
 * The averages of one of these tables as Markdown.
 * @param {(label: string) => boolean} isShown of which rows
 */
export function averages({ columns, overall }, isShown = () => true) {
  const rows = Object.entries(overall?.cells ?? {}).filter(([label]) => isShown(label));
  if (rows.length === 0) return undefined;
  const cell = value => (value ? `${value.mean.toFixed(1)}${deviation(value)}` : '–');
  return markdownTable(
    ['', ...columns],
    rows.map(([label, cells]) => [`\`${label}\``, ...columns.map(column => cell(cells[column]))]),
  );
}

const deviation = ({ deviation, seeds }) => (seeds > 1 && deviation !== undefined ? ` ±${deviation.toFixed(1)}` : '');
