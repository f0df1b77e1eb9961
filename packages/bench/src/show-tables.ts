import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import pc from 'picocolors';
import writeFileAtomic from 'write-file-atomic';
import { ablations } from './choose-methods.js';
import type { Comparable } from './distinguish.js';
import { duration } from './duration.js';
import { environment } from './environment.js';
import { readTable } from './reading.js';
import { makeTable } from './table.js';
import { ablationMarkdown, tableMarkdown, tableText } from './table-text.js';

/** How tables are shown. */
export interface ShowOptions {
  /** Folder of the records, to be named below the tables. */
  results: string;
  /** Markdown file to write as well. */
  out?: string;
  json?: boolean;
  /** Wall-clock seconds that the command took. */
  seconds?: number;
  /** The command that makes the file again, for its last line. */
  command?: string;
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
    await writeFileAtomic(options.out, `${groups.map(markdown).join('\n')}\n${madeBy(options.command)}\n`);
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

/** A table with its reading; ablations of DGPrompt have a table of their own, so that methods are compared with methods. */
function markdown({ title, records }: Comparable): string {
  const parted = records.filter(({ config }) => ablations.includes(config.method));
  const compared = records.filter(record => !parted.includes(record));
  const whole = records.filter(({ config }) => config.method === 'dgprompt');
  const table = makeTable(compared.length > 0 ? compared : records);
  const parts = [
    `## ${title}`,
    'Accuracy in %; H is the harmonic mean of base and new, the averages’ H that of the averages. ± is the standard deviation over seeds.',
    tableMarkdown(table),
    readTable(table),
  ];
  if (parted.length > 0 && compared.length > 0)
    parts.push('### DGPrompt without its parts', ablationMarkdown(makeTable([...whole, ...parted]), 'dgprompt'));
  return `${parts.filter(part => part !== '').join('\n\n')}\n`;
}

/** What made a file, for its last line. */
export function madeBy(command?: string): string {
  const { versions, machine } = environment();
  const by = command === undefined ? '' : `\`${command}\`, `;
  return `Made by ${by}@dgprompt/bench ${versions['@dgprompt/bench']} with onnxruntime-node ${versions['onnxruntime-node']} on Node ${versions.node}, ${machine.cpu}, ${machine.cores} cores.`;
}
