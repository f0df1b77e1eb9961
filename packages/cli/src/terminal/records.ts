import type { RunRecord } from '@dgprompt/bench';
import { printable } from '@dgprompt/io';

/** The error for a folder without runs or records. */
export const noRecords = (what: 'records' | 'runs', results: string): Error =>
  new Error(`There are no ${what} in ${results}. Run \`dgprompt bench\`, or name another folder with --results.`);

/** The records of a folder; damaged ones are named on stderr. */
export async function recordsOf(folder: string): Promise<{ records: RunRecord[]; problems: string[] }> {
  const { readRecords } = await import('@dgprompt/bench');
  const { records, damaged } = await readRecords(folder);
  const problems = damaged.map(({ name, reason }) => printable(`Skipped ${folder}/${name}: ${reason}.`, 4000));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return { records, problems };
}
