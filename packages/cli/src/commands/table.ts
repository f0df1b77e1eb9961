import type { Format } from '@dgprompt/bench/tables';
import { defineCommand } from '../options/command.js';
import { namesOf, oneOf, option } from '../options/option.js';
import { jsonOption, resultsOption, tableFile, timesOption } from '../options/table.js';

const formats = namesOf<Format>({ text: 0, markdown: 0, latex: 0, csv: 0, json: 0 });

/** `dgprompt table`: prints the tables of the records without running anything. */
export const table = defineCommand({
  summary: 'the tables again, from the records',
  description: 'Print the tables of finished runs from their records.',
  examples: [
    'table                            on the terminal, from results/',
    'table --results docs/results/records --out docs/results/pictograms.md',
    'table --format latex > tables.tex',
    'table --out tables.csv           a line for each number',
  ],
  notes: "On the papers' datasets, the papers' numbers are below ours, with the difference.",
  options: {
    ...resultsOption,
    out: option('--out <file>', 'also write them to .md, .tex, .csv or .json', tableFile.optional()),
    ...timesOption,
    format: option('--format <name>', `what to print: ${formats.join(', ')}`, oneOf('format', formats).optional()),
    json: { ...jsonOption.json, help: 'the same as --format json' },
  },
  async action(options) {
    const { comparable } = await import('@dgprompt/bench');
    const { recordsInOrder } = await import('@dgprompt/bench/tables');
    const { checkOutput } = await import('../terminal/check-output.js');
    const { noRecords, recordsOf } = await import('../terminal/records.js');
    const { showTables } = await import('../terminal/show-tables.js');
    const { thisCommand } = await import('../terminal/this-command.js');
    await checkOutput(options.out);
    const { records } = await recordsOf(options.results);
    if (records.length === 0) throw noRecords('records', options.results);
    await showTables(comparable(recordsInOrder(records)), { ...options, command: thisCommand() });
  },
});
