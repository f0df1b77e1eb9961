import { type Format, formatOf, formats, knownEndings } from '@dgprompt/bench/tables';
import { Command, InvalidArgumentError, Option } from 'commander';
import { takes } from '../config/value-schema.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt table` is given. */
export interface TableCommandOptions {
  results: string;
  out?: string;
  format?: Format;
  json?: true;
}

/** `dgprompt table`: the tables of the records that are there, without running anything. */
export function tableCommand(): Command {
  const command = new Command('table')
    .summary('the tables again, from the records')
    .description('Print the tables of finished runs from their records.')
    .option('--results <folder>', 'where the records are', 'results')
    .addOption(new Option('--out <file>', 'write them, too: .md, .tex, .csv or .json').argParser(tableFile))
    .addOption(new Option('--format <name>', 'what to print').choices(formats))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `${examples(
        'table                            on the terminal, from results/',
        'table --results docs/results/records --out docs/results/pictograms.md',
        'table --format latex > tables.tex',
        'table --out tables.csv           a line for each number',
      )}\n\nOn the papers' datasets their figures stand below ours, with the difference.`,
    );
  return command.action(async () => {
    const { runTable } = await import('./run-table.js');
    await runTable(command.opts<TableCommandOptions>());
  });
}

/** A file whose ending is one of those that tables are written as. */
export const tableFile = takes({ type: 'string' }, (file: string): string => {
  if (formatOf(file) === undefined) throw new InvalidArgumentError(`Its ending says what it is: ${knownEndings}.`);
  return file;
});
