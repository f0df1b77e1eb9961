import { Command } from 'commander';
import { comparable } from './distinguish.js';
import { examples } from './examples.js';
import { readRecords } from './record.js';
import { showTables } from './show-tables.js';

interface Options {
  results: string;
  out?: string;
  json?: true;
}

/** `dgprompt table`: the tables of the records that are there, without running anything. */
export function tableCommand(): Command {
  const command = new Command('table')
    .summary('the tables again, from the records')
    .description('Print the tables of finished runs from their records.')
    .addHelpText('after', examples('table', 'table --results results --out table.md'))
    .option('--results <folder>', 'where the records are', 'results')
    .option('--out <file>', 'write the tables as Markdown, too')
    .option('--json', 'print JSON and nothing else');
  return command.action(async () => {
    const options = command.opts<Options>();
    const { records, damaged } = await readRecords(options.results);
    for (const { name, reason } of damaged)
      process.stderr.write(`${options.results}/${name} is left out: ${reason}.\n`);
    if (records.length === 0) {
      throw new Error(
        `There are no records in ${options.results}. \`dgprompt bench\` makes some; --results names another folder.`,
      );
    }
    await showTables(comparable(records), options);
  });
}
