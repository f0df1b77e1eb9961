import { comparable, readRecords } from '@dgprompt/bench';
import { recordsInOrder } from '@dgprompt/bench/tables';
import { showTables } from '../terminal/show-tables.js';
import { thisCommand } from '../terminal/this-command.js';
import type { TableCommandOptions } from './table-command.js';

/**
 * Shows the tables of a results folder, and says on stderr what in it is no record.
 * @throws a sentence for a folder without records
 */
export async function runTable(options: TableCommandOptions): Promise<void> {
  const { records, damaged } = await readRecords(options.results);
  for (const { name, reason } of damaged) process.stderr.write(`${options.results}/${name} is left out: ${reason}.\n`);
  if (records.length === 0) {
    throw new Error(
      `There are no records in ${options.results}. \`dgprompt bench\` makes some; --results names another folder.`,
    );
  }
  await showTables(comparable(recordsInOrder(records)), { ...options, command: thisCommand() });
}
