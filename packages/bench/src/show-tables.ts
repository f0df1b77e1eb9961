import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import pc from 'picocolors';
import writeFileAtomic from 'write-file-atomic';
import type { Comparable } from './distinguish.js';
import { duration } from './duration.js';
import { environment } from './environment.js';
import { readTable } from './reading.js';
import { makeTable } from './table.js';
import { tableMarkdown, tableText } from './table-text.js';

/** How tables are shown. */
export interface ShowOptions {
  /** Folder of the records, to be named below the tables. */
  results: string;
  /** Markdown file to write as well. */
  out?: string;
  json?: boolean;
  /** Wall-clock seconds that the command took. */
  seconds?: number;
  /** Beside the tables in the JSON. */
  more?: Record<string, unknown>;
}

/** Prints tables with their one-line reading to stdout, or as JSON, and writes them as Markdown where that is asked for. */
export async function showTables(groups: readonly Comparable[], options: ShowOptions): Promise<void> {
  const shown = groups.map(({ title, records }) => {
    const table = makeTable(records);
    return { title, table, reading: readTable(table), runs: records.length };
  });
  if (options.out !== undefined) {
    await mkdir(dirname(options.out), { recursive: true });
    await writeFileAtomic(options.out, `${shown.map(markdown).join('\n')}\n${madeBy()}\n`);
  }
  if (options.json) {
    const tables = shown.map(({ title, table, reading, runs }) => ({ title, runs, ...table, reading }));
    process.stdout.write(`${JSON.stringify({ tables, results: options.results, ...options.more }, null, 2)}\n`);
    return;
  }
  const width = process.stdout.columns ?? 100;
  for (const { title, table, reading } of shown) {
    process.stdout.write(`${pc.bold(title)} ${pc.dim('(accuracy in %)')}\n${tableText(table, width)}\n`);
    if (reading) process.stdout.write(`${reading}\n`);
    process.stdout.write('\n');
  }
  const runs = shown.reduce((sum, group) => sum + group.runs, 0);
  const took = options.seconds === undefined ? '' : `; this took ${duration(options.seconds)}`;
  process.stdout.write(pc.dim(`${runs} record${runs === 1 ? '' : 's'} in ${options.results}${took}\n`));
  if (options.out !== undefined) process.stdout.write(pc.dim(`The table as Markdown: ${options.out}\n`));
}

function markdown({
  title,
  table,
  reading,
}: {
  title: string;
  table: ReturnType<typeof makeTable>;
  reading: string;
}): string {
  const parts = [
    `## ${title}`,
    'Accuracy in %; H is the harmonic mean of base and new, the averages’ H that of the averages.',
  ];
  return `${[...parts, tableMarkdown(table), ...(reading ? [reading] : [])].join('\n\n')}\n`;
}

function madeBy(): string {
  const { versions, machine } = environment();
  return `Made by @dgprompt/bench ${versions['@dgprompt/bench']} with onnxruntime-node ${versions['onnxruntime-node']} on Node ${versions.node}, ${machine.cpu}, ${machine.cores} cores.`;
}
