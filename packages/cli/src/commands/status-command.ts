import { access } from 'node:fs/promises';
import { Command } from 'commander';
import { runStates, runStatus } from '../executors/status.js';
import { resultsOption } from '../options.js';
import { examples } from '../terminal/examples.js';
import { statusText } from '../terminal/status-text.js';

/** `dgprompt status`: how far the runs of a results folder are, wherever they are done. */
export function statusCommand(): Command {
  const command = new Command('status')
    .summary('how far the runs are')
    .description('Say which runs of a results folder are queued, running, done, failed or lost.')
    .addOption(resultsOption())
    .option('--json', 'print JSON and nothing else')
    .addHelpText('after', examples('status', 'status --results results/paper', 'status --json'));
  return command.action(async () => {
    const { results, json } = command.opts<{ results: string; json?: true }>();
    const there = await access(results).then(
      () => true,
      () => false,
    );
    const { runs, notes, damaged } = there ? await runStatus(results) : { runs: [], notes: [], damaged: [] };
    for (const note of notes) process.stderr.write(`${note}\n`);
    for (const { name, reason } of damaged) process.stderr.write(`${results}/${name} counts as not done: ${reason}.\n`);
    if (runs.length === 0) {
      throw new Error(
        `There are no runs in ${results}. \`dgprompt bench\` makes some; --results names another folder.`,
      );
    }
    const counts = Object.fromEntries(runStates.map(state => [state, runs.filter(run => run.state === state).length]));
    process.stdout.write(json ? `${JSON.stringify({ results, counts, runs, notes }, null, 2)}\n` : statusText(runs));
  });
}
