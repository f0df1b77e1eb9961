import { Command } from 'commander';
import { wholeNumber } from '../options.js';

export interface WorkOptions {
  run?: number;
  retryFailed?: true;
}

/** `dgprompt work`: runs of a plan file, in a process of their own. `bench --workers` and the executors call it. */
export function workCommand(): Command {
  const command = new Command('work')
    .summary('do one run of a plan')
    .description(
      'Do one run of a plan that `dgprompt bench` wrote; without --run, those that the parent process names.',
    )
    .argument('<plan>', 'plans/….json in a results folder')
    .option('--run <index>', 'number of the run in the plan', wholeNumber(0, 10_000_000))
    .option('--retry-failed', 'even if it failed before');
  return command.action(async (plan: string) => {
    const { runWork } = await import('./run-work.js');
    await runWork(plan, command.opts<WorkOptions>());
  });
}
