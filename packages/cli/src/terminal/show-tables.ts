import type { Comparable } from '@dgprompt/bench/records';
import { madeBy } from '@dgprompt/bench/records';
import { type Format, formatOf, type Section, sectionsOf, tablesAs } from '@dgprompt/bench/tables';
import { duration, printable } from '@dgprompt/io';
import pc from 'picocolors';
import { writeOutput } from './check-output.js';
import { sheetText } from './table-text.js';

/** How to show tables. */
export interface ShowOptions {
  /** Folder of the records, named below the tables. */
  results: string;
  /** A file to write as well, in the format of its ending, else as Markdown. */
  out?: string;
  /** Format on stdout. Default: `text`. */
  format?: Format;
  /** Same as `format: 'json'`. */
  json?: boolean;
  /** Wall-clock seconds that the command took. */
  seconds?: number;
  /** The command that writes such a file, for the last line of the output. */
  command?: string;
  /** Whether to include the mean time of a run, as text and in Markdown. */
  times?: boolean;
  /** Added to the tables in the JSON output. */
  more?: Record<string, unknown>;
}

/**
 * Prints tables with their one-line reading, or in a format for programs and papers; also writes them to a file if
 * requested.
 */
export async function showTables(groups: readonly Comparable[], options: ShowOptions): Promise<void> {
  const { results, out, command, times, more } = options;
  const sections = groups.flatMap(sectionsOf);
  const about = { madeBy: madeBy(command), times, more: { results, ...more } };
  if (out !== undefined) {
    await writeOutput(out, tablesAs(formatOf(out) ?? 'markdown', sections, about));
  }
  const format = options.json ? 'json' : (options.format ?? 'text');
  if (format !== 'text') {
    process.stdout.write(tablesAs(format, sections, about));
    return;
  }
  for (const section of sections) process.stdout.write(`${sectionText(section, times)}\n\n`);
  const runs = new Set(groups.flatMap(({ records }) => records)).size;
  const took = options.seconds === undefined ? '' : `; took ${duration(options.seconds)}`;
  process.stdout.write(pc.dim(`${runs} record${runs === 1 ? '' : 's'} in ${printable(results, 4000)}${took}\n`));
  if (out !== undefined) process.stdout.write(pc.dim(`The tables are also in ${printable(out, 4000)}.\n`));
}

function sectionText({ title, sheet, gaps, citations, reading, cost }: Section, times = false): string {
  const lines = [
    `${pc.bold(title)} ${pc.dim('(accuracy in %)')}`,
    sheetText(sheet, process.stdout.columns ?? 100),
    ...[...gaps, ...citations].map(line => pc.dim(line)),
    reading,
    ...(times ? [pc.dim(cost)] : []),
  ];
  return lines.filter(line => line !== '').join('\n');
}
