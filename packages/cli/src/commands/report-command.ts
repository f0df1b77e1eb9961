import { Command } from 'commander';
import { resultsOption } from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt report` is given. */
export interface ReportCommandOptions {
  results: string;
  out: string;
}

/** `dgprompt report`: one page with everything that the records tell. */
export function reportCommand(): Command {
  const command = new Command('report')
    .summary('tables and plots as a page')
    .description('Write one HTML page of finished runs: tables, plots, examples, and how to repeat each run.')
    .addOption(resultsOption())
    .option('--out <file>', 'the page; it needs no other file and no network', 'report.html')
    .addHelpText(
      'after',
      examples(
        'report                           report.html, from results/',
        'report --results docs/results/records --out docs/report.html',
      ),
    );
  return command.action(async () => {
    const { runReport } = await import('./run-report.js');
    await runReport(command.opts<ReportCommandOptions>());
  });
}
