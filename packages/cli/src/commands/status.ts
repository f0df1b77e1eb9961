import { access } from 'node:fs/promises';
import { printable } from '@dgprompt/io';
import { defineCommand } from '../options/command.js';
import { option, text } from '../options/option.js';
import { jsonOption, resultsOption } from '../options/table.js';
import { usage } from '../usage-error.js';

/** `dgprompt status`: lists the states of the runs of a results folder, wherever they run. */
export const status = defineCommand({
  summary: 'the progress of the runs',
  description: 'List which runs of a results folder are planned, queued, running, stopped, done, failed or lost.',
  examples: ['status', 'status --results results/paper', 'status --json'],
  options: {
    ...resultsOption,
    executor: option('--executor <file>', 'also ask your own, ./file.ts', text.optional()),
    ...jsonOption,
  },
  async action({ results, executor, json }) {
    const { openExecutor } = await import('../executors/open.js');
    const { runStates, runStatus } = await import('../executors/status.js');
    const { statusText } = await import('../executors/status-text.js');
    const { noRecords } = await import('../terminal/records.js');
    const own = executor === undefined ? undefined : await openExecutor(executor).catch(usage);
    const exists = await access(results).then(
      () => true,
      () => false,
    );
    const { runs, notes, damaged } = exists ? await runStatus(results, own) : { runs: [], notes: [], damaged: [] };
    for (const note of notes) process.stderr.write(`${printable(note, 4000)}\n`);
    for (const { name, reason } of damaged)
      process.stderr.write(`${printable(`${results}/${name} counts as not done: ${reason}.`, 4000)}\n`);
    if (runs.length === 0) throw noRecords('runs', results);
    const counts = Object.fromEntries(runStates.map(state => [state, runs.filter(run => run.state === state).length]));
    process.stdout.write(json ? `${JSON.stringify({ results, counts, runs, notes }, null, 2)}\n` : statusText(runs));
  },
});
