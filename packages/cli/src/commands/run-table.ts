import { comparable } from './distinguish.js';
import { readRecords } from './record.js';
import { showTables } from './show-tables.js';
import type { TableCommandOptions } from './table-command.js';
import { recordsInOrder } from './tables/order.js';
import { thisCommand } from './this-command.js';

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
